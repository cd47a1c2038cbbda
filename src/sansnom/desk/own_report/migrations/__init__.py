"""Migrations of the own_report app."""
