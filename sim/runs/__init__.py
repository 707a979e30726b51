"""Many runs of one scenario: in memory, on disk, done again."""
