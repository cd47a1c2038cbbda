"""Persons, their names, households, and the links between two files of one person.

Dates of birth are kept in parts, because many are known in parts. Codes are those of the dictionary, "" for unknown;
the desk's own codes are in `words.py`. Who may see a file is decided in `access.py`, never in a view.
"""

import secrets
import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from sansnom.desk.people.base import Stored, one_of
from sansnom.desk.people.words import (
    BIRTH_QUALITIES,
    CONTACT_RULES,
    HOUSEHOLD_PLACES,
    NAME_KINDS,
    NAME_QUALITIES,
    VERDICTS,
)

_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What file numbers are written with: no sign that is taken for another on paper."""
NAME_LENGTH: Final = 200


def new_file_number() -> str:
    """Draw a file number such as K7M2-QF9T: at random, so that numbers in sequence never show that a hidden file exists."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


class Batch(Stored):
    """One import or filling; every row it made names it, so that it can be undone as a whole."""

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=NAME_LENGTH, blank=True)
    rows = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)


class Household(Stored):
    """People who live together; it has no name, only members."""

    created_at = models.DateTimeField(default=timezone.now)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="households")


class Person(Stored):
    """A person's file. `reference` is for addresses of pages, `file_number` for people and paper; neither says anything.

    `shown_name` and `sort_name` are copies of the preferred name, kept by `naming.py`, so that a list needs no second query.
    An unnamed person has no name at all, is never forced to give one, and is counted as not linkable.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_number = models.CharField(max_length=40, unique=True, default=new_file_number)
    unnamed = models.BooleanField(default=False)
    shown_name = models.CharField(max_length=2 * NAME_LENGTH + 1, blank=True)
    sort_name = models.CharField(max_length=2 * NAME_LENGTH + 1, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_quality = models.CharField(max_length=16, default="unknown")
    sex = models.CharField(max_length=8, blank=True)
    country_of_birth = models.CharField(max_length=2, blank=True)
    mother_tongue = models.CharField(max_length=24, blank=True)
    best_language = models.CharField(max_length=12, blank=True)
    needs_interpreter = models.BooleanField(default=False)
    category = models.CharField(max_length=32, blank=True)
    admission_date = models.DateField(null=True, blank=True)
    arrival_date = models.DateField(null=True, blank=True)
    region = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    contact_rule = models.CharField(max_length=12, default="any")
    household = models.ForeignKey(
        Household, null=True, blank=True, on_delete=models.SET_NULL, related_name="members", db_index=False
    )
    household_place = models.CharField(max_length=12, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="persons", db_index=False
    )

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("sort_name", "id"), name="person_sort"),
            models.Index(fields=("birth_year", "birth_month", "birth_day"), name="person_birth"),
            models.Index(fields=("household",), name="person_household", condition=models.Q(household__isnull=False)),
            models.Index(fields=("batch",), name="person_batch", condition=models.Q(batch__isnull=False)),
        )
        constraints = (
            one_of("birth_quality", tuple(BIRTH_QUALITIES), "person_birth_quality"),
            one_of("contact_rule", tuple(CONTACT_RULES), "person_contact_rule"),
            one_of("household_place", tuple(HOUSEHOLD_PLACES), "person_household_place"),
            models.CheckConstraint(
                condition=models.Q(birth_month__isnull=True, birth_day__isnull=True)
                | models.Q(birth_year__isnull=False, birth_month__range=(1, 12), birth_day__isnull=True)
                | models.Q(birth_year__isnull=False, birth_month__range=(1, 12), birth_day__range=(1, 31)),
                name="person_birth_parts",
            ),
            models.CheckConstraint(
                condition=models.Q(unnamed=False) | models.Q(shown_name="", sort_name=""), name="person_unnamed"
            ),
        )

    @property
    def birth_precision(self) -> str:
        """Say how far the birth date goes: day, month, year or unknown."""
        parts = (("day", self.birth_day), ("month", self.birth_month), ("year", self.birth_year))
        return next((name for name, part in parts if part is not None), "unknown")


class NameVariant(Stored):
    """One way a person is called or written: any script, any order, perhaps one word, perhaps without a surname."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    given_names = models.CharField(max_length=NAME_LENGTH, blank=True)
    family_names = models.CharField(max_length=NAME_LENGTH, blank=True)
    family_first = models.BooleanField(default=False)
    kind = models.CharField(max_length=8, default="usual")
    quality = models.CharField(max_length=8, default="full")
    preferred = models.BooleanField(default=False)

    class Meta:
        """What always holds of a row."""

        constraints = (
            one_of("kind", tuple(NAME_KINDS), "name_kind"),
            one_of("quality", tuple(NAME_QUALITIES), "name_quality"),
            models.CheckConstraint(
                condition=~models.Q(given_names="", family_names=""), name="name_of_at_least_one_word"
            ),
            models.UniqueConstraint(fields=("person",), condition=models.Q(preferred=True), name="name_one_preferred"),
        )

    @property
    def whole(self) -> str:
        """Give the name as it is said, in the person's own order."""
        parts = (self.given_names, self.family_names)
        return " ".join(part for part in (parts[::-1] if self.family_first else parts) if part)


class SpokenLanguage(Stored):
    """A language that a person knows, by its ISO code; the one they understand best is on the file itself."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="languages", db_index=False)
    language = models.CharField(max_length=12)

    class Meta:
        """What always holds of a row."""

        constraints = (models.UniqueConstraint(fields=("person", "language"), name="spoken_once"),)


class SearchToken(Stored):
    """What finding reads of a person: folded words of every name, their skeletons, the telephone number. See `folding.py`."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=1)
    token = models.CharField(max_length=40)

    class Meta:
        """How rows are found."""

        indexes = (models.Index(fields=("kind", "token", "person"), name="token_search"),)


class SamePerson(Stored):
    """What someone here decided about two files: of one person, or of two. A link, never a merger; undone, it stays as history.

    `first` has the smaller number. A decision in force has no `undone_at`; there is one for a pair at most.
    """

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=12, default="same")
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (models.Index(fields=("first", "second"), name="same_person_pair"),)
        constraints = (
            one_of("verdict", tuple(VERDICTS), "same_person_verdict"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="same_person_order"),
            models.UniqueConstraint(
                fields=("first", "second"), condition=models.Q(undone_at__isnull=True), name="same_person_once"
            ),
        )


class PossibleDuplicate(Stored):
    """Two files that the last look through all files found alike (`duplicates.py`), with a score: 0 is the plan's threshold.

    Nobody is told of a pair unless both files exist for them. Each look replaces all rows.
    """

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    score = models.IntegerField()
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (models.Index(fields=("-score", "first", "second"), name="possible_duplicate_score"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="possible_duplicate_order"),
            models.UniqueConstraint(fields=("first", "second"), name="possible_duplicate_once"),
        )


class DuplicateLook(Stored):
    """One look through all files for possible duplicates: when it began and ended."""

    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)


class Correction(Stored):
    """A change of what a file says of a person: which field, from what to what, by whom. Rows are only ever added."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    corrected_at = models.DateTimeField(default=timezone.now)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at_the_persons_request = models.BooleanField(default=False)
