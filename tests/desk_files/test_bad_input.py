"""Broken files: each is refused as a whole, at its place, without a word of what it held."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sansnom.desk.files import explain, read_organization
from sansnom.desk.files.reader import FILE_BYTES_MAX, FINDINGS_MAX
from sansnom.terms.errors import InputError
from tests.desk_files.folders import HEADINGS, folder, refused, told


def test_a_folder_without_persons_is_refused(tmp_path: Path) -> None:
    """The one list that must be there."""
    assert told(folder(tmp_path, services="local_id,service\n1,housing\n")) == [("file.missing", "persons")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ("file.empty", "persons.csv")),
        ("\n \n", ("file.empty", "persons.csv")),
        ("nom,prénom\nA,B\n", ("column.missing", "persons.csv:1:local_id")),
        ("1,A,B,1990-01-01\n", ("column.missing", "persons.csv:1:local_id")),
        ("local_id,nom,Nom de famille\n1,A,B\n", ("column.twice", "persons.csv:1:family_names")),
        ("local_id,nom\n1,A,B\n", ("row.cells", "persons.csv:2")),
        ("local_id,nom\n1\n", ("row.cells", "persons.csv:2")),
        ('local_id,nom\n1,"A\n2,B\n', ("file.quotes", "persons.csv:2")),
        ('local_id,nom\n1,"A"B\n', ("file.quotes", "persons.csv:2")),
        ("local_id,nom\n,A\n", ("cell.required", "persons.csv:2:local_id")),
        ("local_id,nom\n1,A\n1,B\n", ("local_id.twice", "persons.csv:3:local_id")),
        ("local_id,nom\n1,A\0B\n", ("file.nul", "persons.csv:2")),
        ("local_id,nom\n1,A\x07B\n", ("cell.text.control", "persons.csv:2:family_names")),
        (b"local_id,nom\n1,\xd9\x85\xd8\xad\xd9\n", ("file.encoding.broken", "persons.csv")),
        ("local_id,nom\n1,محمد\n".encode("cp1256"), ("file.encoding.doubtful", "persons.csv")),
        ("local_id,nom\n1,Иванов\n".encode("cp1251"), ("file.encoding.doubtful", "persons.csv")),
        ("local_id,nom\n1,Noël\n".encode("cp1252") + b"2,\x81\n", ("file.encoding.doubtful", "persons.csv")),
        ("local_id,nom\n1,A\n".encode("utf-16") + b"\x00", ("file.encoding.broken", "persons.csv")),
        (b"PK\x03\x04 a workbook", ("file.not_csv", "persons.csv")),
        (b"\xd0\xcf\x11\xe0 an old workbook", ("file.not_csv", "persons.csv")),
    ],
)
def test_broken_csv(tmp_path: Path, content: str | bytes, expected: tuple[str, str]) -> None:
    """Each way to break a CSV file has its own finding, at its row and column where it has one."""
    assert told(folder(tmp_path, persons=content)) == [expected]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("30/04/2025", "cell.date.form"),
        ("04/05/2025", "cell.date.form"),
        ("30-04-2025", "cell.date.form"),
        ("30 avril 2025", "cell.date.form"),
        ("April 30, 2025", "cell.date.form"),
        ("45777", "cell.date.form"),
        ("20250430", "cell.date.form"),
        ("2025-4", "cell.date.form"),
        ("2025-04-30T10:00", "cell.date.form"),
        ("٢٠٢٥-٠٤-٣٠", "cell.date.form"),
        ("2025-02-29", "cell.date.impossible"),
        ("2025-13-01", "cell.date.impossible"),
        ("2025-04-31", "cell.date.impossible"),
        ("0000-01-01", "cell.date.impossible"),
        ("1403-02-11", "cell.date.range"),
        ("2568-04-30", "cell.date.range"),
    ],
)
def test_dates_that_are_not_plain_are_refused(tmp_path: Path, written: str, code: str) -> None:
    """Five common forms, other calendars and impossible days: the row and column are named."""
    place = folder(tmp_path, persons=f'local_id,arrival_date\n1,2024-01-01\n2,"{written}"\n')
    assert told(place) == [(code, "persons.csv:3:arrival_date")]


@pytest.mark.parametrize("start", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "-2+3", "＝1", "#REF!", "#N/A"])
def test_formulas_in_text_are_refused(tmp_path: Path, start: str) -> None:
    """What a spreadsheet would run, or an error it left, is no name, number or address."""
    place = folder(tmp_path, persons=f'{HEADINGS}\n"{start}","{start}","{start}",\n')
    assert told(place) == [("cell.text.formula", f"persons.csv:2:{c}") for c in HEADINGS.split(",")[:3]]


def test_a_phone_may_begin_with_plus(tmp_path: Path) -> None:
    """But only a phone number may."""
    assert told(folder(tmp_path, persons='local_id,phone\n1,+1 514 555-0199\n2,"+1+cmd"\n')) == [
        ("cell.text.formula", "persons.csv:3:phone")
    ]


def test_a_million_letters_are_no_name(tmp_path: Path) -> None:
    """The cell is named; the file is not read further than it says."""
    place = folder(tmp_path, persons=f"{HEADINGS}\n1,{'x' * 10**6},B,\n")
    assert told(place) == [("cell.text.too_long", "persons.csv:2:given_names")]
    endless = folder(tmp_path, persons=f"local_id,sex,birth_date\n1,{'x' * 10**6},{'9' * 10**6}\n")
    assert [c for c, _ in told(endless)] == ["cell.code.unknown", "cell.date.form"]


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    """A sparse file of 50 MB and one byte is refused by its size."""
    place = folder(tmp_path)
    with (place / "persons.csv").open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    assert told(place) == [("file.too_large", "persons.csv")]


def test_two_files_for_one_list_and_kinds_we_do_not_read(tmp_path: Path) -> None:
    """Neither is passed over in silence."""
    place = folder(tmp_path, persons="local_id\n1\n", personnes="local_id\n1\n")
    (place / "services.ods").write_bytes(b"")
    assert sorted(told(place)) == [("file.kind", "services.ods"), ("file.twice", "persons.csv")]


def test_acts_of_persons_that_the_file_lacks(tmp_path: Path) -> None:
    """A number that no person has is refused; one whose row was itself refused is not told twice."""
    place = folder(
        tmp_path,
        persons="local_id,birth_date\n1,\n2,soon\n",
        services="local_id,service\n1,housing\n2,housing\n3,housing\n",
        referrals="local_id\n3\n",
    )
    assert told(place) == [
        ("cell.date.form", "persons.csv:3:birth_date"),
        ("local_id.unknown", "services.csv:4:local_id"),
        ("local_id.unknown", "referrals.csv:2:local_id"),
    ]


@pytest.mark.parametrize(
    ("table", "row", "code", "column"),
    [
        ("services", "local_id,service\n1,shipping", "cell.code.unknown", "service"),
        ("services", "local_id,minutes\n1,une heure", "cell.number.form", "minutes"),
        ("services", "local_id,minutes\n1,-5", "cell.number.form", "minutes"),
        ("services", "local_id,minutes\n1,60001", "cell.number.range", "minutes"),
        ("services", "local_id,start,end\n1,2025-05-02,2025-05-01", "date.order", "end"),
        ("assessments", "local_id,scale,skill,level,date\n1,EQ,speaking,13,2025-05-01", "cell.number.range", "level"),
        ("assessments", "local_id,scale,skill,level,date\n1,EQ,speaking,,2025-05-01", "cell.required", "level"),
        ("assessments", "local_id,scale,skill,level,date\n1,TOEFL,speaking,3,2025-05-01", "cell.code.unknown", "scale"),
        ("statuses", "local_id,date,employment\n1,2025-05-01,busy", "cell.code.unknown", "employment"),
        ("referrals", "local_id,accepted\n1,perhaps", "cell.flag", "accepted"),
        ("waitlist", "service,joined,left\nhousing,2025-05-02,2025-05-01", "date.order", "left"),
        ("turned_away", "service,reason\nhousing,because", "cell.code.unknown", "reason"),
    ],
)
def test_cells_that_say_nothing_we_know(tmp_path: Path, table: str, row: str, code: str, column: str) -> None:
    """Codes, numbers, yes and no, order of dates, in every list."""
    place = folder(tmp_path, persons="local_id\n1\n", **{table: row + "\n"})
    assert told(place) == [(code, f"{table}.csv:2:{column}")]


def test_a_list_without_a_column_we_know(tmp_path: Path) -> None:
    """A waiting list needs no person, but something."""
    assert told(folder(tmp_path, persons="local_id\n1\n", waitlist="a,b\n1,2\n")) == [("column.none", "waitlist.csv:1")]


def test_a_precision_that_is_none(tmp_path: Path) -> None:
    """Day, month, year or unknown."""
    place = folder(tmp_path, persons="local_id,birth_date,precision\n1,1990-01-01,roughly\n")
    assert told(place) == [("cell.precision", "persons.csv:2:birth_date_precision")]


def test_a_thousand_findings_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    """A file wrong in every row says so without flooding the screen."""
    place = folder(tmp_path, persons="local_id,birth_date\n" + "".join(f"{n},soon\n" for n in range(1500)))
    with pytest.raises(InputError) as caught:
        read_organization(place)
    assert len(caught.value.findings) == caught.value.parameters["shown"] == FINDINGS_MAX
    assert caught.value.parameters["total"] == 1500


SECRET = "Zq7Xsecret"


@pytest.mark.guarantee("G-10")
def test_no_finding_carries_what_a_cell_held(tmp_path: Path) -> None:
    """A planted value in every column, wrong everywhere, appears in no finding, sentence or error text."""
    person = f"={SECRET}" + f",={SECRET}" * 2 + f",{SECRET}" * 9 + f",={SECRET}" * 2 + f",{SECRET}"
    headings = (
        "local_id,given_names,family_names,birth_date,birth_date_precision,sex,country_of_birth,mother_tongue,category,region,"
        "admission_date,arrival_date,postal_code,phone,anonymous"
    )
    place = folder(
        tmp_path,
        persons=f"{headings}\n{person}\n{SECRET},{SECRET}\n",
        services=f"{SECRET},local_id,service,start,minutes\n{SECRET},{SECRET},{SECRET},{SECRET},{SECRET}\n",
        turned_away=f"{SECRET}\n{SECRET}\n",
        waitlist=f'service\n"{SECRET}\n',
    )
    with pytest.raises(InputError) as caught:
        read_organization(place)
    findings = caught.value.findings
    assert len(findings) > 18
    said = [str(caught.value), repr(caught.value), *map(repr, findings)]
    said += [explain(f, language) for f in findings for language in ("fr", "en")]
    assert not [text for text in said if SECRET in text or "Zq7" in text]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=300).map(lambda t: f"local_id,nom,birth_date\n{t}".encode("utf-8", "replace")),
    )
)
def test_any_bytes_are_read_or_refused_with_sentences(tmp_path: Path, content: bytes) -> None:
    """No file, however broken, raises anything but InputError, and each finding has a sentence in both languages."""
    place = folder(tmp_path, persons=content)
    try:
        read_organization(place)
    except InputError:
        for finding in refused(place):
            assert explain(finding, "fr") != explain(finding, "en")
