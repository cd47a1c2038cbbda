"""An incident, as it is told in public: what happened, what it touches, what was done. Its JSON form is in the board's schema."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text

FORMAT: Final = "sansnom/incident/1"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong with confidentiality, or with a figure, told in words that name nobody.

    incident  its name
    found_on  the day on which it was noticed, ISO
    what      what happened
    touches   names of questions and answers that it touches; may be empty
    done      what was done about it
    """

    incident: str
    found_on: str
    title: Text
    what: Text
    touches: tuple[str, ...]
    done: Text

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "incident": self.incident,
            "found_on": self.found_on,
            "title": self.title.to_json(),
            "what": self.what.to_json(),
            "touches": list(self.touches),
            "done": self.done.to_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> "Incident":
        """Read an incident strictly; InputError names the place."""
        r = Reader(value, "incident")
        r.expect("schema", FORMAT)
        incident = cls(
            incident=r.string("incident"),
            found_on=r.string("found_on"),
            title=r.text("title"),
            what=r.text("what"),
            touches=r.strings("touches"),
            done=r.text("done"),
        )
        r.done()
        if not _NAME.fullmatch(incident.incident):
            raise InputError("board.file_name", where="incident.incident")
        try:
            day = date.fromisoformat(incident.found_on)
        except ValueError:
            raise InputError("incident.day", where="incident.found_on") from None
        if day.isoformat() != incident.found_on:
            raise InputError("incident.day", where="incident.found_on")
        return incident
