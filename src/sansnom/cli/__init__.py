"""Composes and starts everything; one file a verb."""
