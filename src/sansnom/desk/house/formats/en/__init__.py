"""English in Canada."""
