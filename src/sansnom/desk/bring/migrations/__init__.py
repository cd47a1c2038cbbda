"""Migrations of the bring app."""
