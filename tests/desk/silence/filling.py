"""Every form of a page, filled as a person might: a planted text in each field that takes words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

SECRET = {"csrfmiddlewaretoken"}


@dataclass
class Form:
    """One form: where it goes, and its fields with a value each."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        """Tell forms of one kind alike: where they go and what they ask."""
        return (self.action.split("?")[0], *sorted(self.fields), *self.files)


class _Reader(HTMLParser):
    def __init__(self, words: str) -> None:
        super().__init__()
        self.words, self.forms = words, list[Form]()
        self.open: Form | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(told.get("action", ""), told.get("method", "get"))
            self.forms.append(self.open)
        if self.open is None or ("name" not in told and tag != "option"):
            return
        if tag == "select":
            self.select = told["name"]
        elif tag == "option" and self.select is not None and told.get("value"):
            if "selected" in told or self.select not in self.open.fields:
                self.open.fields[self.select] = told["value"]
        elif tag == "textarea":
            self.open.fields[told["name"]] = self.words
        elif tag == "button":
            self.open.fields.setdefault(told["name"], told.get("value", ""))
        elif tag == "input":
            self._input(self.open, told)

    def _input(self, form: Form, told: dict[str, str]) -> None:
        kind, name, value = told.get("type", "text"), told["name"], told.get("value", "")
        if kind == "file":
            form.files.append(name)
        elif kind == "hidden":
            form.fields[name] = value
        elif kind in {"checkbox", "radio"}:
            if kind == "checkbox" or "checked" in told or name not in form.fields:
                form.fields[name] = value or "on"
        elif kind in {"date", "number", "time", "datetime-local", "month"}:
            form.fields[name] = value or {"date": "2026-02-03", "number": "1", "time": "10:30"}.get(kind, "2026-02")
        else:
            form.fields[name] = self.words

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None


def forms_of(page: str, words: str) -> Iterator[Form]:
    """Give each form that posts, filled."""
    reader = _Reader(words)
    reader.feed(page)
    yield from (form for form in reader.forms if form.method.lower() == "post")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_title = tag == "title"
        self.told += [value or "" for name, value in attrs if name in {"href", "action", "src", "formaction"}]

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.told.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_title = self.in_title and tag != "title"


def kept_by_a_history(page: str) -> list[str]:
    """Give what a browser writes into its history, or sends on: a page's title and the addresses that it leads to."""
    reader = _Links()
    reader.feed(page)
    return reader.told
