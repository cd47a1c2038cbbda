"""Agreement: what a person was told and agreed to, withdrew, and chose about joint statistics."""
