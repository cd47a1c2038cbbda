"""Whole computations; the only importers of reveal."""
