"""Migrations of the work app."""
