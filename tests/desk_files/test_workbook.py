"""Workbooks made to break the reader: bombs, false sizes, far cells, entities, and plain damage."""

import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from sansnom.desk.files import read_organization
from sansnom.desk.files.archive import UNPACKED_BYTES_MAX
from sansnom.terms.errors import InputError
from tests.desk_files.folders import SHEET, STRINGS, folder, inline, taken, told, workbook

ROWS = f"<row>{inline('local_id')}{inline('nom')}</row><row>{inline('1')}{inline('Noël')}</row>"


def test_a_workbook_made_by_hand_is_read(tmp_path: Path) -> None:
    """The control: the same workbook without the attack is fine."""
    assert taken(folder(tmp_path, persons_xlsx=workbook(ROWS))).persons[0].family_names == "Noël"


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    """More than 200 MB of blanks in a file of a few hundred kB."""
    target = io.BytesIO(workbook(ROWS))
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/big.xml", "w") as big,
    ):
        for _ in range(UNPACKED_BYTES_MAX // 2**20 + 1):
            big.write(b" " * 2**20)
    assert len(target.getvalue()) < 2_000_000
    assert told(folder(tmp_path, persons_xlsx=target.getvalue())) == [("file.xlsx.bomb", "persons.xlsx")]


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The directory says 10 bytes; the part holds more: the checksum of the first 10 is wrong."""
    content = bytearray(workbook(ROWS))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    entry = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert struct.unpack_from("<I", content, entry + 24)[0] == size
    struct.pack_into("<I", content, entry + 24, 10)
    assert told(folder(tmp_path, persons_xlsx=bytes(content))) == [("file.xlsx.broken", "persons.xlsx")]


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1000000"><c r="ZZ1000000" t="inlineStr"><is><t>x</t></is></c></row>',
        '<row r="9999999"><c><v>1</v></c></row>',
    ],
)
def test_a_cell_at_the_end_of_the_world_is_refused(tmp_path: Path, cell: str) -> None:
    """A full grid up to it would fill the memory."""
    assert told(folder(tmp_path, persons_xlsx=workbook(ROWS + cell))) == [("file.xlsx.bomb", "persons.xlsx")]


def test_an_empty_formatted_cell_far_away_does_no_harm(tmp_path: Path) -> None:
    """Offices format whole columns."""
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert len(taken(folder(tmp_path, persons_xlsx=workbook(ROWS + far))).persons) == 1


def test_one_huge_text_in_many_cells_is_refused(tmp_path: Path) -> None:
    """A shared string of 30,000 letters in 10,000 cells is 300 MB of text."""
    strings = STRINGS.format("<si><t>" + "x" * 30_000 + "</t></si>")
    rows = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(10_000))
    assert told(folder(tmp_path, persons_xlsx=workbook(rows, sharedStrings=strings))) == [
        ("file.xlsx.bomb", "persons.xlsx")
    ]


@pytest.mark.parametrize(
    "part",
    [
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        '<!DOCTYPE sst [<!ENTITY b "never used">]>' + STRINGS.format("<si><t>a</t></si>"),
        "<a><b></a>",
        "no XML at all",
        "",
    ],
)
def test_document_types_and_broken_parts_are_refused(tmp_path: Path, part: str) -> None:
    """No entity is ever expanded, no outside file fetched."""
    content = workbook(ROWS, sharedStrings=part)
    assert told(folder(tmp_path, persons_xlsx=content)) == [("file.xlsx.broken", "persons.xlsx")]


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    """A directory of thousands of parts is no list of persons."""
    content = workbook(ROWS, **{f"worksheets/more{n}": "<a/>" for n in range(2_001)})
    assert told(folder(tmp_path, persons_xlsx=content)) == [("file.xlsx.bomb", "persons.xlsx")]


def test_one_part_twice_is_refused(tmp_path: Path) -> None:
    """Two readers could each take another one."""
    target = io.BytesIO(workbook(ROWS, twin=SHEET.format("")))
    content = target.getvalue().replace(b"xl/twin.xml", b"_rels/.rels")
    assert told(folder(tmp_path, persons_xlsx=content)) == [("file.xlsx.broken", "persons.xlsx")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"local_id\n1\n",
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, cut, protected by a password, or a CSV with the wrong ending."""
    assert told(folder(tmp_path, persons_xlsx=content)) == [("file.xlsx.broken", "persons.xlsx")]


def test_damage_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    """One part after the other is bitten at random places: nothing but InputError comes out."""
    rng = random.Random(20260401)
    whole = workbook(ROWS, sharedStrings=STRINGS.format("<si><t>a</t></si>"))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    pieces = [
        b"<",
        b">",
        b'"',
        b"<c/>",
        b'r="B9"',
        b'<c r="A1"/>',
        b'<c t="s"><v>7</v></c>',
        b"",
        b"-1",
        b"\xff",
        b"1e400",
    ]
    refused = 0
    for _ in range(250):
        bitten = dict(parts)
        name = rng.choice(list(bitten))
        text = bitten[name]
        place, length = rng.randrange(len(text)), rng.choice((0, 0, 1, 5, 40))
        bitten[name] = text[:place] + rng.choice(pieces) + text[place + length :]
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for part, content in bitten.items():
                archive.writestr(part, content)
        try:
            read_organization(folder(tmp_path, persons_xlsx=target.getvalue()))
        except InputError:
            refused += 1
    assert 20 < refused < 250
