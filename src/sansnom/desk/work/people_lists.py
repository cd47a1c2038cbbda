"""Short lists that a page offers while somebody types: persons, organizations one referred to."""

from typing import Any

from sansnom.desk.people.access import Viewer, programmes_seen_by, visible_to
from sansnom.desk.people.find import Sought, find_persons
from sansnom.desk.people.models import Person
from sansnom.desk.people.showing import birth_told, called
from sansnom.desk.work.lists import recent_files
from sansnom.desk.work.models import Programme, Referral

OFFERED = 8
RECENT = 60
CLEAR, FAR = 90, 60
"""A name that is all but the same, while nobody else's comes near, means one person."""


def offered(person: Person) -> dict[str, str]:
    """Say of a person what tells them from another of the same name."""
    return {"reference": str(person.reference), "name": called(person), "detail": detail(person)}


def detail(person: Person) -> str:
    """Give the birth date and the file number."""
    return " · ".join(part for part in (birth_told(person), person.file_number) if part)


def line_for(person: Person) -> str:
    """Write a person on one line of a list of suggestions; `persons_for` reads it back."""
    return f"{called(person)} · {person.file_number}"


def persons_for(viewer: Viewer, text: str, most: int = OFFERED) -> list[Person]:
    """Give who may be meant by what was typed; one person alone for a suggestion taken, a file number, a name far above others."""
    typed = " ".join(text.split())
    if not typed:
        return []
    number = typed.rpartition("·")[2].strip().upper()
    exact = visible_to(viewer).filter(file_number=number).first()
    if exact is not None:
        return [exact]
    matches = find_persons(viewer, Sought.typed(typed), most)
    if matches and matches[0].likeness >= CLEAR and all(match.likeness < FAR for match in matches[1:]):
        return [matches[0].person]
    return [match.person for match in matches]


def suggestions(viewer: Viewer) -> list[str]:
    """Give lines for a field's suggestions: the files with the most recent acts."""
    return [line_for(person) for person in recent_files(viewer, RECENT)]


def names_referred_to(viewer: Any) -> list[str]:  # noqa: ANN401 - a Colleague
    """Give the organizations that were referred to lately, each once.

    Programmes out of sight are named, not those in sight: so the newest referrals are met in order, and no index is asked for all.
    """
    hidden = list(Programme.objects.exclude(pk__in=programmes_seen_by(viewer)).values_list("pk", flat=True))
    recent = Referral.objects.exclude(programme__in=hidden).exclude(to_name="").order_by("-pk")
    return sorted(set(recent.values_list("to_name", flat=True)[:300]))
