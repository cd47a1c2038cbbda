"""Migrations of the agreement app."""
