"""Backups: one encrypted file a day, checked as soon as it is written, restored with a drill."""
