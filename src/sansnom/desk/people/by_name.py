"""What `people` asks of `work`, which stands above it and is reached by name only (as in `access.py`)."""

from collections.abc import Sequence
from typing import Any

from django.utils.module_loading import import_string

from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.people.vocabulary import speaking


def open_programmes(viewer: Any) -> list[Any]:  # noqa: ANN401 - a colleague
    """Give the programmes in which this colleague may open a file: those that exist for them and are not closed; by name."""
    found = programmes_seen_by(viewer).filter(closed_on=None).order_by("confidential", "pk")
    return list(found)


def programme_name(programme: Any) -> str:  # noqa: ANN401 - a Programme
    """Give a programme's name in the reader's language."""
    return str(programme.name_en if speaking() == "en" else programme.name_fr)


def open_file(by: Any, programme: Any, names: Sequence[Name], **told: Any) -> Person:  # noqa: ANN401 - as `work.opening.open_file`
    """Open a file in a programme."""
    person: Person = import_string("sansnom.desk.work.opening.open_file")(by, programme, names, **told)
    return person


def recent_files(viewer: Any, most: int) -> list[Person]:  # noqa: ANN401 - a colleague
    """Give the files with the most recent acts."""
    found: list[Person] = import_string("sansnom.desk.work.lists.recent_files")(viewer, most)
    return found
