"""The application that the server runs."""
