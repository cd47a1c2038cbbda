"""Data only: the bilingual code lists, one file a version; regions of birth by country; groups of languages.

The edges read these files with `importlib.resources` and pass them in (`terms/vocabulary.py`); pure rooms never open them.
"""
