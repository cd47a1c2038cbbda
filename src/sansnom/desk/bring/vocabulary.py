"""Words of the dictionary's lists, names of programmes, and a choice among the programmes that exist for a colleague."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from sansnom.desk.files.codes import DICTIONARY_VERSION
from sansnom.desk.house.words import say_later
from sansnom.desk.people.access import Viewer, programmes_seen_by
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.work.models import Programme
from sansnom.terms.parse import Text

_PURPOSE: Final = b"sansnom.desk.bring.programme"


@cache
def _dictionary() -> Any:  # noqa: ANN401 - JSON has no narrower type; the schema test holds its shape
    return json.loads((files("sansnom.terms.dictionary") / f"{DICTIONARY_VERSION}.json").read_text(encoding="utf-8"))


@cache
def words_of(listed: str) -> Mapping[str, Text]:
    """Give code to words of a list of the dictionary, in its order: a dimension, services, skills, scales, or reasons."""
    told = _dictionary()
    dimensions = {one["code"]: one["values"] for one in told["dimensions"]}
    items = dimensions.get(listed) or told["reasons"].get(listed) or told[listed]
    return {item["code"]: Text(item["label"]["fr"], item["label"]["en"]) for item in items}


def word(listed: str, code: str) -> str:
    """Give the words for a code in the reader's language; the code itself where another dictionary had it."""
    told = words_of(listed).get(code)
    return told.in_language(speaking()) if told is not None else code


def programme_name(programme: Programme) -> str:
    """Give a programme's name in the reader's language."""
    return programme.name_en if speaking() == "en" else programme.name_fr


def sealed(programme: Programme) -> str:
    """Give what a page calls a programme: nothing that tells of its neighbours in the table."""
    told = hmac.new(KEYRING.current(), _PURPOSE + str(programme.pk).encode(), hashlib.sha256)
    return told.hexdigest()[:32]


class ProgrammeField(forms.ChoiceField):
    """Chooses one of the programmes that exist for a colleague; whatever is out of sight is no choice."""

    def __init__(self, viewer: Viewer, label: str, *, everything: str = "", closed: bool = False) -> None:
        seen = programmes_seen_by(viewer).order_by("confidential", "pk")
        self.programmes = {sealed(one): one for one in (seen if closed else seen.filter(closed_on=None))}
        choices: list[tuple[str, Any]] = [("", say_later(everything))] if everything else []
        choices += [(token, programme_name(one)) for token, one in self.programmes.items()]
        super().__init__(label=say_later(label), required=not everything, choices=choices)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - what was sent; a Programme, or None for all of them
        """Give the programme."""
        told = super().clean(value)
        if not told:
            return None
        if told not in self.programmes:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.programmes[told]
