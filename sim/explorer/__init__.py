"""A page to hand on: what the verdict is where the numbers that matter most are set otherwise, worked out beforehand."""
