"""Possible duplicates in the whole organization, by the same scores as a submission's own files (`exchange/own_duplicates.py`).

One look reads every file, in memory, with keys under a key that is drawn for this look and forgotten. What it finds is
a list of pairs to read, never a decision: nothing is linked by itself. Whoever may not see both files is not told of a pair.
"""

import secrets
from threading import Lock, Thread
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sansnom.desk.people.access import Viewer, of_visible_persons
from sansnom.desk.people.find import Birth, Match, Sought, compared, find_persons
from sansnom.desk.people.models import DuplicateLook, Person, PossibleDuplicate, SamePerson
from sansnom.desk.people.records import person_nouns
from sansnom.exchange.features import feature_columns
from sansnom.exchange.linkable import scored_linking
from sansnom.exchange.match_keys import check_keys, key_columns
from sansnom.exchange.own_duplicates import KIN_MARGIN, OwnFiles, scored_pairs
from sansnom.exchange.pepper import PlanPepper

READ_ROWS: Final = 10_000
"""Scores are told against the threshold of a plan with so many rows, the lowest there is: a person reads what comes of it."""
LEAST_SCORE: Final = 0
PAIRS_MOST: Final = 20_000
AT_ONCE_MOST: Final = 3_000
"""With more files than this a look takes seconds: it is made beside the request."""
_LOOKING: Final = Lock()


def look(began: DuplicateLook | None = None) -> int:
    """Look through every file and keep the pairs that are alike; return how many. The old list stands until then."""
    began = began or DuplicateLook.objects.create()
    pairs = _alike()
    with transaction.atomic():
        PossibleDuplicate.objects.all().delete()
        PossibleDuplicate.objects.bulk_create(
            PossibleDuplicate(first_id=first, second_id=second, score=score) for first, second, score in pairs
        )
        DuplicateLook.objects.exclude(pk=began.pk).delete()
        DuplicateLook.objects.filter(pk=began.pk).update(ended_at=timezone.now())
    return len(pairs)


def _alike() -> list[tuple[int, int, int]]:
    """Score the files that stand near each other: (first, second, score), the most alike first."""
    nouns = person_nouns(Person.objects.filter(unnamed=False), {})
    numbers, people = list(nouns), list(nouns.values())
    if len(people) < 2:
        return []
    linking = scored_linking(READ_ROWS)
    pepper = PlanPepper("own", secrets.token_bytes(32), "")
    keys, present = key_columns(people, linking, pepper)
    read = check_keys(linking).read
    traits = [None if person.anonymous else read(person) for person in people]
    a, b, scores = scored_pairs(OwnFiles(keys, present, feature_columns(traits, pepper), traits), linking)
    wanted = scores >= LEAST_SCORE
    found = zip(a[wanted].tolist(), b[wanted].tolist(), scores[wanted].tolist(), strict=True)
    pairs = [(*sorted((numbers[one], numbers[other])), score) for one, other, score in found]
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:PAIRS_MOST]


def begin_look() -> bool:
    """Look at once where there are few files, and tell so; else begin to look beside the request."""
    if Person.objects.count() <= AT_ONCE_MOST:
        look()
        return True
    began = DuplicateLook.objects.create()
    transaction.on_commit(lambda: Thread(target=_look_beside, args=(began,), daemon=True).start())
    return False


def _look_beside(began: DuplicateLook) -> None:
    if not _LOOKING.acquire(blocking=False):
        return
    try:
        look(began)
    finally:
        connection.close()
        _LOOKING.release()


def under_way() -> bool:
    """Tell whether a look is being made."""
    return _LOOKING.locked()


def last_look() -> DuplicateLook | None:
    """Give the last look that ended."""
    return DuplicateLook.objects.exclude(ended_at=None).order_by("-pk").first()


def possible_duplicates(viewer: Viewer, after: PossibleDuplicate | None = None) -> QuerySet[PossibleDuplicate]:
    """Give the pairs of the last look that nobody has decided on and whose files exist, both, for this colleague.

    The most alike first; `after` a pair, the next ones: nothing is counted, so that a page costs the same however many there are.
    """
    held = SamePerson.objects.filter(undone_at=None)
    decided = held.filter(first=OuterRef("first"), second=OuterRef("second"))
    pairs = of_visible_persons(PossibleDuplicate.objects.filter(~Exists(decided)), viewer, "first_id")
    pairs = of_visible_persons(pairs, viewer, "second_id")
    if after is not None:
        later = Q(first__gt=after.first_id) | Q(first=after.first_id, second__gt=after.second_id)
        pairs = pairs.filter(Q(score__lt=after.score) | Q(Q(score=after.score), later))
    return pairs.select_related("first", "second").order_by("-score", "first_id", "second_id")


def band_of(score: int) -> str:
    """Give how likely a pair is one person: strong (as a submission would count it), good, weak."""
    return "strong" if score >= KIN_MARGIN else "good" if score >= KIN_MARGIN // 2 else "weak"


def sought_of(person: Person) -> Sought:
    """Read a file as something looked for: by its preferred name."""
    names = sorted(person.names.all(), key=lambda name: not name.preferred)
    told = [(name.given_names, name.family_names) for name in names[:1]]
    birth = Birth(person.birth_year or 0, person.birth_month or 0, person.birth_day or 0)
    return Sought.new_file(told, birth, person.phone, person.postal_code)


def reasons_for(one: Person, other: Person) -> Match:
    """Say why two files are alike; their names are prefetched."""
    return compared(other, sought_of(one))


def files_like(viewer: Viewer, person: Person, decided: dict[int, str], least: int) -> list[Match]:
    """Give the files that look like this one and about which nothing was decided."""
    found = find_persons(viewer, sought_of(person))
    return [
        match
        for match in found
        if match.person.pk != person.pk and match.person.pk not in decided and match.likeness >= least
    ]
