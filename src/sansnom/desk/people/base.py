"""What every table of the desk has in common."""

from django.db import models


class Stored(models.Model):
    """A row that never tells its content: tracebacks, logs and `repr` show the table and the row's number alone (G-10)."""

    class Meta:
        """No table of its own."""

        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


def one_of(field: str, codes: tuple[str, ...], name: str) -> models.CheckConstraint:
    """Hold a column to a list of codes, in the database itself."""
    return models.CheckConstraint(condition=models.Q((f"{field}__in", codes)), name=name)
