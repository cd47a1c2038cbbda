"""Tags of the work pages."""
