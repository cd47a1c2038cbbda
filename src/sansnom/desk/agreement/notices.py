"""The notices: what a person is told, in their language. The desk ships a first version; an organization writes the next ones.

A text in a language other than French and English is a draft until somebody who speaks it confirms it, and says so
wherever it is shown or printed. Once a version is there it is never changed: a correction is a next version.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from sansnom.desk.agreement.models import NOTICE_KINDS, Notice
from sansnom.desk.house.models import Organization
from sansnom.desk.people.models import Person
from sansnom.desk.people.vocabulary import speaking
from sansnom.terms.errors import InputError

LANGUAGES: Final = ("fr", "en", "ar", "es", "fa", "ht", "uk", "zh")
NEAR: Final = {"prs": "fa", "pes": "fa", "cmn": "zh", "yue": "zh", "hat": "ht"}
"""Languages whose speakers are shown the text of another: Dari and Persian, the written Chinese languages."""
NAME_OF_HERE: Final = "{organization}"


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that the notices speak: its own name, its direction, its word for a draft, the heading of the printed page."""

    code: str
    name: str
    direction: str
    draft_label: str
    heading: str


@cache
def _shipped(language: str) -> Any:  # noqa: ANN401 - JSON has no narrower type; a test holds its shape
    place = files("sansnom.desk.agreement") / "texts" / f"{language}.json"
    return json.loads(place.read_text(encoding="utf-8"))


def tongue(language: str) -> Tongue:
    """Give a language of the notices; InputError `notice.language` for another."""
    if language not in LANGUAGES:
        raise InputError("notice.language", expected=LANGUAGES)
    told = _shipped(language)
    return Tongue(language, told["name"], told["direction"], told["draft_label"], told["heading"])


def tongues() -> list[Tongue]:
    """Give every language of the notices."""
    return [tongue(language) for language in LANGUAGES]


def language_for(person: Person) -> str:
    """Choose the language to tell a person in: the one they understand best, else the reader's own."""
    best = NEAR.get(person.best_language, person.best_language)
    return best if best in LANGUAGES else speaking()


def beside(language: str) -> str:
    """Give the language that stands beside another, so that the colleague reads what the person does: French or English."""
    return ("en" if language == "fr" else "fr") if language in {"fr", "en"} else speaking()


def notice_in(kind: str, language: str) -> Notice:
    """Give the newest version of a notice in a language; the one that is shipped, where the organization wrote none."""
    tongue(language)
    if kind not in NOTICE_KINDS:
        raise InputError("notice.kind", expected=tuple(NOTICE_KINDS))
    newest = Notice.objects.filter(kind=kind, language=language).order_by("-pk").first()
    if newest is not None:
        return newest
    told = _shipped(language)
    text = told["notices"][kind]
    made, _ = Notice.objects.get_or_create(
        kind=kind,
        language=language,
        version=told["version"],
        defaults={"title": text["title"], "text": text["text"], "draft": told["draft"]},
    )
    return made


@transaction.atomic
def write_next(by: Any, notice: Notice, title: str, text: str, *, confirmed: bool) -> Notice:  # noqa: ANN401 - a colleague
    """Write the next version of a notice: a draft, unless somebody who speaks its language confirms it."""
    count = Notice.objects.filter(kind=notice.kind, language=notice.language).count()
    return Notice.objects.create(
        kind=notice.kind,
        language=notice.language,
        version=f"{timezone.localdate().year}-{count + 1}",
        title=title.strip(),
        text=text.strip(),
        draft=not confirmed,
        confirmed_at=timezone.now() if confirmed else None,
        confirmed_by=by if confirmed else None,
    )


def confirm(by: Any, notice: Notice) -> None:  # noqa: ANN401 - a colleague
    """Record that somebody who speaks the language read the text and found it right. The text stays as it is."""
    Notice.objects.filter(pk=notice.pk).update(draft=False, confirmed_at=timezone.now(), confirmed_by=by)


def paragraphs(notice: Notice) -> list[str]:
    """Give a notice's text in paragraphs, with the organization's name in its place."""
    organization = Organization.objects.only("name").first()
    name = organization.name if organization else ""
    return [part.replace(NAME_OF_HERE, name) for part in notice.text.split("\n\n") if part.strip()]
