"""Files as organizations keep them are read; what a row does not say is unknown."""

import csv
import io
import unicodedata
from datetime import date, datetime
from pathlib import Path

import openpyxl
import openpyxl.styles
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sansnom.desk.files import Note, read_organization, read_organizations
from sansnom.terms.errors import InputError
from sansnom.terms.records import Assessment, Person, Referral, Service, Status, TurnedAway, Waiting
from tests.desk_files.folders import HEADINGS, folder, taken, told


def test_only_the_local_number_is_needed(tmp_path: Path) -> None:
    """A list of numbers is a list of persons of whom nothing is known."""
    records = taken(folder(tmp_path, persons="local_id\n1\n2\n"))
    assert records.organization == "accueil-rosemont"
    assert records.persons == (Person("1", birth_date_precision="unknown"), Person("2", birth_date_precision="unknown"))


def test_headings_alone_are_no_persons(tmp_path: Path) -> None:
    """An organization that served nobody says so with a first row."""
    assert taken(folder(tmp_path, persons=HEADINGS + "\r\n")).persons == ()


def test_every_list_is_read(tmp_path: Path) -> None:
    """All seven lists, with codes, labels of both languages, and empty cells."""
    place = folder(
        tmp_path,
        persons="local_id,sex,country_of_birth,mother_tongue,category,region,anonymous\n"
        "a,Féminin,Haïti,créole haïtien,Demande d’asile en cours,Montréal,non\n"
        "b,m,SYR,ara,refugee,6,\n"
        "c,inconnu,n/d,,economic,06,oui\n",
        services="local_id,service,start,end,minutes,status\n"
        "a,Francisation: cours,2025-05-01,2025-06-01,120,Terminé\nb,housing,,,,\n",
        assessments="local_id,scale,skill,level,date\na,EQ,speaking,3,2025-05-01\n"
        "a,Échelle québécoise,Production orale,5,2025-09-01\n",
        statuses="local_id,date,employment,education\nb,2025-04-02,Full time (30 h or more),\n",
        referrals="local_id,service,to_organization,sent,accepted,completed\na,emploi,atelier-verdun,2025-05-03,oui,\n",
        waitlist="service,joined,left,reason\ncours de français,2025-04-01,,\n",
        turned_away="service,date,reason\nlogement,2025-04-09,Faute de place\n",
    )
    records = taken(place)
    assert [
        (p.sex, p.country_of_birth, p.mother_tongue, p.category, p.region, p.anonymous) for p in records.persons
    ] == [
        ("F", "HT", "creole", "asylum_claimant", "06", False),
        ("M", "SY", "arabic", "refugee", "06", False),
        ("", "", "", "economic", "06", True),
    ]
    assert records.services == (
        Service("a", "french_course", "2025-05-01", "2025-06-01", 120, "completed"),
        Service("b", "housing", ""),
    )
    assert records.assessments == (
        Assessment("a", "EQ", "speaking", 3, "2025-05-01"),
        Assessment("a", "EQ", "speaking", 5, "2025-09-01"),
    )
    assert records.statuses == (Status("b", "2025-04-02", "full_time", ""),)
    assert records.referrals == (
        Referral("a", "employment", "atelier-verdun", "2025-05-03", accepted=True, completed=None),
    )
    assert records.waitlist == (Waiting("french_course", "2025-04-01"),)
    assert records.turned_away == (TurnedAway("housing", "2025-04-09", "no_place"),)


def test_french_headings_and_file_names_are_as_good_as_english_ones(tmp_path: Path) -> None:
    """Accents, capitals and spaces in headings do not matter."""
    place = tmp_path / "pont"
    place.mkdir()
    text = "No de dossier;PRÉNOM;Nom;Date de Naissance;Numéro de téléphone\n7;Zoé;Noël;2001-02-03;+1 514 555-0199\n"
    (place / "Personnes.csv").write_text(text, encoding="utf-8")
    (place / "Liste d’attente.csv").write_text("Service;Inscription\nhousing;2025-04-01\n", encoding="utf-8")
    records = taken(place)
    assert records.persons == (Person("7", "Zoé", "Noël", "2001-02-03", phone="+1 514 555-0199"),)
    assert len(records.waitlist) == 1


@pytest.mark.parametrize(
    ("encoding", "delimiter", "ending"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ";", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("utf-16-le", ",", "\n"),
        ("utf-16-be", ";", "\n"),
        ("utf-32", ",", "\n"),
        ("cp1252", ";", "\r\n"),
        ("latin-1", "\t", "\r\n"),
        ("utf-8", "|", "\r\n"),
    ],
)
def test_encodings_and_delimiters_of_real_offices(tmp_path: Path, encoding: str, delimiter: str, ending: str) -> None:
    """The same people come out of each."""
    rows = [HEADINGS.split(","), ["1", "Hélène-Zoé", "Bien-Aimé", "1990-12-31"], ["2", "Ñuño", "Créée", ""]]
    text = ending.join(delimiter.join(row) for row in rows) + ending
    records = taken(folder(tmp_path, persons=text.encode(encoding)))
    assert [(p.given_names, p.family_names) for p in records.persons] == [
        ("Hélène-Zoé", "Bien-Aimé"),
        ("Ñuño", "Créée"),
    ]


def test_an_assumed_encoding_is_told(tmp_path: Path) -> None:
    """The old Windows encoding is read, and the reader says that it guessed."""
    notes: list[Note] = []
    read_organization(folder(tmp_path, persons="local_id,nom\n1,Noël\n".encode("cp1252")), notes)
    assert [n.code for n in notes] == ["note.encoding"]


def test_names_in_every_script_are_kept(tmp_path: Path) -> None:
    """Arabic, Han, Tamil, Vietnamese, Persian with its joiners; direction marks and double spaces go."""
    names = ["محمد", "王小明", "கந்தசாமி", "Nguyễn Thị Lan", "می\u200cخواهم", "ገብረመድኅን", "O’Brien-Núñez", "Na"]
    text = HEADINGS + "\n" + "".join(f"{n},{name},  {name}\u200f  ,\n" for n, name in enumerate(names))
    assert [p.given_names for p in taken(folder(tmp_path, persons=text)).persons] == names
    assert [p.family_names for p in taken(folder(tmp_path, persons=text)).persons] == names


def test_a_quoted_line_end_and_blank_rows_are_no_rows(tmp_path: Path) -> None:
    """Quoted cells may hold line ends, delimiters and quotes; empty rows count as nothing, but keep their number."""
    text = HEADINGS + '\n1,"Ana\r\nLucía","de ""la"" Cruz, M.",\n\n,,,\n2,A,B,1999-13-01\n'
    place = folder(tmp_path, persons=text)
    assert told(place) == [("cell.date.impossible", "persons.csv:5:birth_date")]
    good = taken(folder(tmp_path, persons=text.replace("1999-13-01", "")))
    assert (good.persons[0].given_names, good.persons[0].family_names) == ("Ana Lucía", 'de "la" Cruz, M.')
    assert len(good.persons) == 2


def test_excels_own_separator_line_is_honoured(tmp_path: Path) -> None:
    """`sep=;` says the delimiter, and row numbers stay those of the file."""
    place = folder(tmp_path, persons="sep=;\r\nlocal_id;nom\r\n1;A, B\r\n1;C\r\n")
    assert told(place) == [("local_id.twice", "persons.csv:4:local_id")]


@pytest.mark.parametrize(
    ("written", "precision", "expected"),
    [
        ("1990-05-06", "", ("1990-05-06", "day")),
        ("1990/5/6", "", ("1990-05-06", "day")),
        ("1990-05-06 00:00:00", "jour", ("1990-05-06", "day")),
        ("1990-05", "", ("1990-05-15", "month")),
        ("1990", "", ("1990-07-01", "year")),
        ("1990", "jour", ("1990-07-01", "year")),
        ("1990-01-01", "année", ("1990-01-01", "year")),
        ("1990-01-01", "unknown", ("1990-01-01", "unknown")),
        ("", "jour", ("", "unknown")),
        ("inconnue", "", ("", "unknown")),
        ("-", "", ("", "unknown")),
    ],
)
def test_birth_dates_bring_their_precision(
    tmp_path: Path, written: str, precision: str, expected: tuple[str, str]
) -> None:
    """A year or a month alone is taken, and said to be no more than that."""
    records = taken(folder(tmp_path, persons=f"local_id,birth_date,precision\n1,{written},{precision}\n"))
    assert (records.persons[0].birth_date, records.persons[0].birth_date_precision) == expected


def test_a_workbook_gives_what_its_cells_show(tmp_path: Path) -> None:
    """Dates as dates, numbers as numbers, yes as true; a format far below the last row does no harm."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["local_id", "given_names", "birth_date", "phone", "anonymous"])
    sheet.append([12, "Zoé", date(1990, 5, 6), 5145550199, False])
    sheet.append(["13", None, datetime(1991, 1, 2), None, True])  # noqa: DTZ001 - a workbook's dates have no zone
    sheet.cell(1_000_000, 4).font = openpyxl.styles.Font(bold=True)
    place = folder(tmp_path)
    book.save(place / "persons.xlsx")
    assert taken(place).persons == (
        Person("12", "Zoé", "", "1990-05-06", phone="5145550199"),
        Person("13", birth_date="1991-01-02", anonymous=True),
    )


def test_columns_that_nobody_knows_are_passed_over_and_told(tmp_path: Path) -> None:
    """Private notes stay unread: the reader says which column by its place, not by what stands there."""
    notes: list[Note] = []
    records = read_organization(folder(tmp_path, persons="local_id,case notes,nom\n1,=secret,A\n"), notes)
    assert records.persons[0].family_names == "A"
    assert [(n.code, n.where, dict(n.parameters)) for n in notes] == [
        ("note.column_ignored", "persons.csv:1", {"position": 2})
    ]


def test_many_organizations_are_read_in_order_or_not_at_all(tmp_path: Path) -> None:
    """One bad file refuses the whole, with the folder named; hidden folders are none."""
    folder(tmp_path, "b", persons="local_id\n1\n")
    folder(tmp_path, "a", persons="local_id\n1\n")
    folder(tmp_path, ".cache")
    assert [r.organization for r in read_organizations(tmp_path)] == ["a", "b"]
    folder(tmp_path, "c", persons="local_id,birth_date\n1,30/04/2025\n")
    with pytest.raises(InputError) as caught:
        read_organizations(tmp_path)
    assert [(f.code, f.where) for f in caught.value.findings] == [("cell.date.form", "c/persons.csv:2:birth_date")]


def test_a_folder_without_organizations_is_refused(tmp_path: Path) -> None:
    """Nothing inside, or nothing there."""
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InputError) as caught:
            read_organizations(place)
        assert caught.value.findings[0].code == "folder.no_organization"


_NAME = st.text(st.characters(categories=("L", "Mn", "Pd", "Zs"), codec="utf-8"), max_size=30).filter(
    lambda t: not t.startswith(tuple("-–—‐‑‒―﹘﹣－ \u2e3a\u2e3b"))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_NAME, _NAME), max_size=8))
def test_any_names_of_letters_are_taken(tmp_path: Path, names: list[tuple[str, str]]) -> None:
    """Whatever the script, a name of letters is never refused and never changed but for spaces and composition."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [["local_id", "given_names", "family_names"], *([n, *pair] for n, pair in enumerate(names))]
    )
    persons = taken(folder(tmp_path, persons=text.getvalue())).persons
    expected = [tuple(unicodedata.normalize("NFC", " ".join(part.split())) for part in pair) for pair in names]
    assert [(p.given_names, p.family_names) for p in persons] == expected
