"""Template tags of the agreement app."""
