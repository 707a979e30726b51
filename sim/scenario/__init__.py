"""Scenario files: read, checked, changed."""
