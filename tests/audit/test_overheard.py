"""G-10 attacked: what a log, a page or a file would give away, in every encoding; and that what is clean is found clean."""

import base64
import gzip
import html
import io
import json
import os
import quopri
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from sansnom.audit.overheard import Place, left_in, opened, overhear

NAMES = ("Zulfiya Plantée-Özdemir", "ذوالفية المزروعة", "Adaobi Ngozichukwu")


def _zipped(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("rows.csv", f"name\n{text}\n")
    return made.getvalue()


WAYS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: f"… {text} …".encode(),
    "utf-16": lambda text: f"x{text}y".encode("utf-16-le"),
    "utf-16, big end first": lambda text: f"x{text}y".encode("utf-16-be"),
    "latin-1": lambda text: f"<{text}>".encode("latin-1", "replace"),
    "capitals": lambda text: text.upper().encode(),
    "percent": lambda text: f"/people/?q={quote(text)}&page=2".encode(),
    "small percent": lambda text: quote(text).lower().encode(),
    "form": lambda text: urlencode({"a": 1, "name": text}).encode(),
    "next": lambda text: urlencode({"next": f"/people/?q={quote(text)}"}).encode(),
    "base64": lambda text: base64.b64encode(f"one more: {text}, and so on".encode()),
    "base64, shifted": lambda text: base64.b64encode(f"more: {text}, and so on".encode()),
    "base64, shifted again": lambda text: base64.b64encode(f"a more: {text}, and so on".encode()),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"? {text} ?".encode()),
    "json": lambda text: json.dumps({"name": text}).encode(),
    "json in json": lambda text: json.dumps(json.dumps({"name": text})).encode(),
    "repr": lambda text: repr(text.encode()).encode(),
    "html": lambda text: html.escape(f"'{text}'").encode(),
    "numbers of html": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "hexadecimal": lambda text: b"key=" + text.encode().hex().upper().encode(),
    "gzip": lambda text: b"head" + gzip.compress(text.encode()),
    "zip": _zipped,
    "half of it": lambda text: text.split()[-1].encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_control_a_planted_value_is_heard_in_every_encoding(way: str) -> None:
    """Each name in each way in which software writes text down without meaning to."""
    for number, name in enumerate(NAMES):
        raw = WAYS[way](name)
        if way == "latin-1" and not name.isascii() and b"?" in raw:
            continue  # the script has no such letters: nothing of the name is left
        found = overhear([Place("a log", b"\x00" * 7 + raw + b"\n")], NAMES)
        assert number in {one.value for one in found}, (way, name)


@pytest.mark.guarantee("G-10")
def test_random_bytes_codes_and_other_words_are_not_taken_for_a_value(tmp_path: Path) -> None:
    """Encrypted files, references and the desk's own sentences: nothing heard, so that what is heard is a leak."""
    (tmp_path / "desk.db").write_bytes(os.urandom(1 << 20))
    (tmp_path / "page.html").write_text("Une page n’a pas été trouvée · File not found · PLAN-2026", encoding="utf-8")
    (tmp_path / "desk.db-wal").write_bytes(b"\x78\x9c" * 3000)
    assert overhear(left_in(tmp_path), NAMES) == ()


def test_control_the_name_of_a_file_is_a_place_too(tmp_path: Path) -> None:
    """A file that is called after a person."""
    (tmp_path / "Ngozichukwu.pdf").write_bytes(b"%PDF")
    assert {one.place for one in overhear(left_in(tmp_path), NAMES)} == {f"name of {tmp_path.name}/….pdf"}


def test_what_is_compressed_badly_breaks_nothing() -> None:
    """A beginning without its end, a zip that is none."""
    for raw in (b"\x1f\x8b\x08", b"PK\x03\x04" + b"\x00" * 40, gzip.compress(b"x" * 5000)[:20]):
        assert next(iter(opened(raw))) == raw
