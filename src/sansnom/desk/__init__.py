"""The organization's own application."""
