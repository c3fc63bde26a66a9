"""Measurements: quality, time and memory of the same fit, one finished row at a time."""
