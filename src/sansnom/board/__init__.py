"""Publishes and shows public files."""
