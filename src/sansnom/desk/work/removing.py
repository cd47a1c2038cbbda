"""Removing a row, and putting it back: "undo" in place of "are you sure". What was removed is kept a day, then forgotten."""

import json
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.core import serializers
from django.db import models, transaction
from django.utils import timezone

from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Enrolment, Removed, Service
from sansnom.desk.work.recording import see_again

KEPT: Final = timedelta(days=1)


@transaction.atomic
def remove(by: Any, rows: Iterable[models.Model]) -> uuid.UUID:  # noqa: ANN401 - a colleague, of the class that the settings name
    """Remove rows, the ones that others stand on first; give what `put_back` takes. Older removals are forgotten here."""
    Removed.objects.filter(removed_at__lt=timezone.now() - KEPT).delete()
    together, listed = uuid.uuid4(), list(rows)
    for row in listed:
        Removed.objects.create(
            together=together,
            person_id=getattr(row, "person_id", None),
            programme_id=getattr(row, "programme_id", None),
            row=json.loads(serializers.serialize("json", [row]))[0],
            removed_by=by,
        )
    for row in reversed(listed):
        _count_after(row, row.delete)
    return together


@transaction.atomic
def put_back(by: Any, together: uuid.UUID) -> int:  # noqa: ANN401 - as above
    """Put back what this colleague removed, as far as its programme still exists for them; return how many rows."""
    kept = Removed.objects.filter(together=together, removed_by=by, removed_at__gte=timezone.now() - KEPT)
    seen = set(programmes_seen_by(by).values_list("pk", flat=True))
    back = 0
    for removed in kept.order_by("pk"):
        if removed.programme_id is not None and removed.programme_id not in seen:
            continue
        for held in serializers.deserialize("json", json.dumps([removed.row])):
            _count_after(held.object, held.save)
            back += 1
    Removed.objects.filter(together=together, removed_by=by).delete()
    return back


def _count_after(row: models.Model, act: Any) -> None:  # noqa: ANN401 - what saves or deletes the row
    act()
    if isinstance(row, Service) and Enrolment.objects.filter(person=row.person_id, programme=row.programme_id).exists():
        see_again(Person.objects.get(pk=row.person_id), row.programme)
