"""Synthetic people, organizations and truth."""
