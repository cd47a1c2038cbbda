"""Words of the desk, in French and English, equal in rank.

Strings have names, not sentences, as keys (`people.find.title`), as on the board: neither language is the other's
translation. Each app keeps its own catalogues, `APP/locale/{fr,en}/LC_MESSAGES/django.po`; they are compiled in
memory when the desk starts, so nothing built has to be committed and no msgfmt is needed.
"""

import gettext
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.utils.functional import lazystr
from django.utils.translation import get_language, ngettext, trans_real
from django.utils.translation import gettext as translate_name

LANGUAGES: Final = ("fr", "en")
LOCALES: Final = {"fr": "fr_CA", "en": "en_CA"}
PLURAL: Final = ".many"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def catalogue_path(folder: Path, language: str) -> Path:
    """Give the path of an app's catalogue."""
    return folder / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """Read one catalogue as it ships; a broken one is an error, never passed over."""
    return read_po(BytesIO(path.read_bytes()), locale=LOCALES[language], abort_invalid=True)


def app_folders() -> list[Path]:
    """List the folders of the desk's apps that have words."""
    folders = [Path(config.path) for config in apps.get_app_configs() if config.name.startswith("sansnom.")]
    return [folder for folder in folders if (folder / "locale").is_dir()]


def load_catalogues() -> None:
    """Put the words of every app into Django's translations of both languages."""
    for language in LANGUAGES:
        translation = trans_real.translation(language)
        for folder in app_folders():
            translation.merge(_compiled(catalogue_path(folder, language), language))


def _compiled(path: Path, language: str) -> gettext.GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(path, language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(name: str, /, count: int | None = None, **parameters: Any) -> str:  # noqa: ANN401 - anything that has a text
    """Give the sentence of this name in the reader's language, filled; KeyError when the catalogue lacks it.

    With `count`, the catalogue has a plural (`msgid "x"`, `msgid_plural "x.many"`) and the count fills `{count}`.
    Text of a record is isolated, so that a right-to-left name does not turn the sentence around it.
    """
    if count is None:
        told = translate_name(name)
    else:
        told = ngettext(name, name + PLURAL, count)
        parameters["count"] = _grouped(count)
    if told in (name, name + PLURAL):
        raise KeyError(name)
    if not parameters:
        return told
    return told.format_map({field: isolated(value) for field, value in parameters.items()})


def say_later(name: str, /) -> Any:  # noqa: ANN401 - Django's lazy string, which mypy takes for str where it may
    """Give the sentence when it is shown: for labels of models and forms, read before the language is known."""
    return lazystr(_Later(name))


class _Later:
    """A name that becomes its sentence whenever it is written out."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        # Migrations are written with translations off: they keep the name, so a new wording is no migration.
        return say(self._name) if get_language() else self._name


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\u00a0" if (get_language() or "fr").startswith("fr") else ",")


def isolated(value: Any) -> str:  # noqa: ANN401 - anything that has a text
    """Write a value; text with right-to-left letters is set apart, so that the sentence keeps its order."""
    text = str(value)
    if any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text
