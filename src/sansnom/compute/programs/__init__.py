"""Whole computations: link, tabulate, add joint noise, open noisy cells."""
