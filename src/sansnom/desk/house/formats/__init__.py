"""How each language of Canada writes days and numbers."""
