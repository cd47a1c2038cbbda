"""Migrations of the questions app."""
