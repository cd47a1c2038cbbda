"""From an address to a file: what is hidden and what is not there are the same 404."""

import uuid

from django.http import Http404, HttpRequest

from sansnom.desk.accounts.access import me, record_access
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.people.access import person_visible_to
from sansnom.desk.people.models import Person


def file_asked(request: HttpRequest, reference: uuid.UUID, act: Act = Act.LOOKED) -> tuple[Colleague, Person]:
    """Give who asks and the file they ask for, and write in the trail what they do; Http404 for hidden and absent ones alike."""
    viewer = me(request)
    try:
        person = person_visible_to(viewer, reference)
    except Person.DoesNotExist:
        raise Http404 from None
    record_access(viewer, person.reference, act)
    return viewer, person
