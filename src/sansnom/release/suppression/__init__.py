"""Secondary cell suppression: which cells to hide besides the sensitive ones, and how good the choice is."""

from sansnom.release.suppression.ladder import QUICK, THOROUGH, Effort, Suppression, suppress

__all__ = ["QUICK", "THOROUGH", "Effort", "Suppression", "suppress"]
