"""Estimators of the thesis test: numbers in, numbers out."""
