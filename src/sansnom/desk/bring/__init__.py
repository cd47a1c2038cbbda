"""Bring what an organization has into its desk, and take everything out again."""
