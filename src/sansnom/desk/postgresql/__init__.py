"""The desk on a PostgreSQL server: Django's backend, closed while the desk is locked, with one writer at a time."""
