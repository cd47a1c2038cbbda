"""Every address of the desk, filled with references that exist, that are hidden, and that are nobody's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from sansnom.desk.work.addresses import RowConverter

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
ODD = ("0", "1", "999999999999999999999999", "-1", "x" * 3000, "%00", "é", "..%2f..%2fdesk.db", "' OR 1=1 --")


@dataclass(frozen=True, slots=True)
class Route:
    """One address as the desk declares it, such as `people/<uuid:reference>/`."""

    name: str
    pattern: str

    @property
    def asks_for_a_word(self) -> bool:
        """Tell whether the address has a word in it, for which `a1` may be none that the desk knows."""
        return any(kind not in {"uuid", "int", "row"} for kind, _ in PLACE.findall(self.pattern))

    def with_file(self, reference: object) -> str:
        """Fill it: a file's reference where one is asked, 1 for numbers, a word else."""
        return "/" + PLACE.sub(lambda place: _filled(place, reference), self.pattern)


def _filled(place: re.Match[str], reference: object) -> str:
    kind = place.group(1) or "str"
    known = {"uuid": str(reference), "int": "1", "row": RowConverter().to_url(1), "path": "house/desk.css"}
    return known.get(kind, "a1")


def routes() -> Iterator[Route]:
    """Walk the resolver: what is not listed anywhere is found too."""
    yield from _within("", "", get_resolver().url_patterns)


def _within(before: str, space: str, patterns: list[URLPattern | URLResolver]) -> Iterator[Route]:
    for pattern in patterns:
        told = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _within(told, f"{space}{pattern.namespace or ''}:", pattern.url_patterns)
        else:
            yield Route(f"{space.lstrip(':')}{pattern.name}", told)
