"""People: the files of persons and households, their names, and who may see them."""
