"""One guard for every zip: workbooks, open documents and archives of CSV refuse the same attacks in the same words."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from sansnom.desk.bring.sheets import read_file
from sansnom.desk.files import archive
from sansnom.desk.files.encoding import FileProblem

XML = '<?xml version="1.0"?>'
PARTS = {
    "xlsx": ("xl/worksheets/sheet1.xml", f"{XML}<worksheet><sheetData/></worksheet>"),
    "ods": ("content.xml", f"{XML}<document-content/>"),
    "zip": ("people.csv", "name\r\nAwa\r\n"),
}
LIMIT = 60_000


def packed(kind: str, content: str = "", extra: dict[str, str] | None = None) -> bytes:
    """Give an archive of a kind, its part replaced or others beside it."""
    target = io.BytesIO()
    name, told = PARTS[kind]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content or told)
        for beside, other in (extra or {}).items():
            made.writestr(beside, other)
    return target.getvalue()


def grown(kind: str) -> bytes:
    """Unpack beyond the limit."""
    return packed(kind, PARTS[kind][1] + " " * (LIMIT + 1))


def encrypted(kind: str) -> bytes:
    """Say that the part is encrypted."""
    content = bytearray(packed(kind))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.find(mark) + flags, 1)
    return bytes(content)


def unknown_method(kind: str) -> bytes:
    """Compress it by a method that nobody knows."""
    content = bytearray(packed(kind))
    for mark, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", content, content.find(mark) + method, 99)
    return bytes(content)


def cut_short(kind: str) -> bytes:
    """End in the middle."""
    return packed(kind)[:-30]


def twice(kind: str) -> bytes:
    """Bear one name twice: what is checked may not be what is read."""
    with pytest.warns(UserWarning, match="Duplicate"):
        return packed(kind, extra={PARTS[kind][0]: PARTS[kind][1]})


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("kind", sorted(PARTS))
@pytest.mark.parametrize(
    ("attack", "code"),
    [
        (grown, "file.xlsx.bomb"),
        (encrypted, "file.xlsx.broken"),
        (unknown_method, "file.xlsx.broken"),
        (cut_short, "file.xlsx.broken"),
        (twice, "file.xlsx.broken"),
    ],
)
def test_each_reader_of_zips_refuses_each_attack(
    monkeypatch: pytest.MonkeyPatch, kind: str, attack: Callable[[str], bytes], code: str
) -> None:
    """The same file without the attack is opened; with it, it is refused by its code."""
    monkeypatch.setattr(archive, "UNPACKED_BYTES_MAX", LIMIT)
    with archive.opened_archive(packed(kind)) as opened:
        assert opened.read(PARTS[kind][0])
    with pytest.raises(FileProblem) as refused:
        read_file(f"file.{kind}", attack(kind))
    assert refused.value.code == code


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_document_types_are_refused_in_every_part(kind: str) -> None:
    """An entity could read a file of this machine, or grow without end."""
    evil = PARTS[kind][1].replace(XML, f'{XML}<!DOCTYPE x [<!ENTITY a "aaaa">]>')
    with pytest.raises(FileProblem) as refused:
        read_file(f"file.{kind}", packed(kind, evil))
    assert refused.value.code == "file.xlsx.broken"
