"""The forms that a page shows, read as a browser reads them: where they go, what each field is, what it holds."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

PLANTED: Final = "Planted-Ngozi-\u0627\u0644\u0639\u0631\u0628\u064a\u0629"
NONSENSE: Final[dict[str, tuple[str, ...]]] = {
    "date": ("0000-00-00", "9999-12-31", "2026-02-30", PLANTED, "2026-13-01\x00"),
    "datetime-local": ("2026-02-30T25:61", PLANTED, "0001-01-01T00:00"),
    "number": ("9" * 400, "-1", "1e309", "nan", PLANTED),
    "choice": (PLANTED, "9" * 400, "-1", "\x00"),
    "file": (PLANTED,),
    "text": ("\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "a" * 70_000, "\u202e" + PLANTED, ""),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, and what kind of nonsense it can be sent."""

    name: str
    kind: str

    def nonsense(self, turn: int) -> str:
        """Give something that this field cannot hold; another each turn."""
        known = NONSENSE[self.kind]
        return known[turn % len(known)]


@dataclass(slots=True)
class Form:
    """One form that is sent by POST: its address ("" is the page's own), its fields, and what they hold."""

    action: str
    fields: list[Field] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Collects forms; selects hold their chosen or first option."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(told.get("action", "")) if told.get("method", "").lower() == "post" else None
            if self._open is not None:
                self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "option" and self._select and ("selected" in told or self._select not in self._open.shown):
            self._open.shown[self._select] = told.get("value", "")
        if tag in {"input", "select", "textarea"} and told.get("name"):
            self._add(tag, told)

    def _add(self, tag: str, told: dict[str, str]) -> None:
        name, form = told["name"], self._open
        if form is None:
            return
        kind = told.get("type", "text") if tag == "input" else tag
        sort = {"select": "choice", "radio": "choice", "checkbox": "choice", "hidden": "choice"}.get(kind, kind)
        form.fields.append(Field(name, sort if sort in NONSENSE else "text"))
        if tag == "select":
            self._select = name
        elif kind not in {"radio", "checkbox", "file"} or "checked" in told:
            form.shown[name] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._open = None


def forms_on(page: str) -> list[Form]:
    """Read every form of a page that is sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
