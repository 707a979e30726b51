"""Sweeps: designs of points, run in any number on any executor, stored so that they survive a crash, and what they tell."""
