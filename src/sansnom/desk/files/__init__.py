"""Read what an organization already has: its CSV or XLSX files become records, or a list of places to mend.

Nothing is half-done: either every cell was understood, or an InputError lists what to change;
messages.py says it in both languages.
"""

from sansnom.desk.files.messages import explain
from sansnom.desk.files.reader import Note, read_organization, read_organizations

__all__ = ["Note", "explain", "read_organization", "read_organizations"]
