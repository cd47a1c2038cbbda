"""The database backend: Django's SQLite over SQLCipher, so that every byte of the file is encrypted."""
