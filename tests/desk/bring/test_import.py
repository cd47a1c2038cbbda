"""Bringing files in: columns guessed, the first rows shown, rows left out with reasons, undone as a whole."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from sansnom.desk.bring import running
from sansnom.desk.bring.models import ColumnMap, Import
from sansnom.desk.people.models import NameVariant, Person
from sansnom.desk.work.models import Enrolment, Service
from tests.desk.bring.files_of import LOG, bring, ods, upload
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test start a thread: `follow` runs what a page has begun."""
    monkeypatch.setattr(
        "sansnom.desk.bring.mapping.start_import",
        lambda number: running.UNDER_WAY.setdefault(number, running.Progress()),
    )
    yield
    running.UNDER_WAY.clear()


@pytest.fixture
def house(desk: Desk) -> House:
    """Give two programmes with a file in each."""
    return two_programmes(desk)


def test_a_log_of_services_is_understood_from_its_french_headings(house: House, coordinator: Client) -> None:
    """Names, dates day first, codes by their French words: guessed, shown as understood before anything is kept."""
    address = upload(coordinator, house.open, "registre.csv", LOG.encode())
    page = coordinator.get(address).content.decode()
    assert "12 mai 1990" in page
    assert "Jasette" in page
    assert "n’existe pas au calendrier" in page
    assert Person.objects.count() == 2


def test_everything_good_is_taken_and_everything_else_listed(house: House, coordinator: Client) -> None:
    """Two rows of one person make one file and two services; the impossible date is left out with its place and reason."""
    brought = bring(coordinator, house.open, "registre.csv", LOG.encode(), **{"word-0-6-0": "french_practice"})
    assert (brought.state, brought.persons_made, brought.acts_made, brought.rows_left) == ("done", 2, 3, 1)
    assert brought.content is None
    awa = Person.objects.get(birth_day=12, batch=brought.batch)
    assert (awa.shown_name, awa.country_of_birth, awa.sex) == ("Awa Diop", "SN", "F")
    assert set(awa.services.values_list("service", "starts_on")) == {
        ("french_course", date(2026, 2, 3)),
        ("employment", date(2026, 2, 17)),
    }
    assert Service.objects.filter(service="french_practice").count() == 1
    assert brought.left == [["registre", 5, "birth_date", "cell.date.impossible", {}]]
    told = coordinator.get(f"/bring/{brought.reference}/left.csv").content.decode("utf-8-sig")
    assert "registre,5,Date de naissance," in told
    assert "Pierre" not in told


def test_an_import_is_undone_as_a_whole(house: House, coordinator: Client) -> None:
    """One press takes back every file, name and service, and nothing else."""
    before = (Person.objects.count(), NameVariant.objects.count(), Service.objects.count(), Enrolment.objects.count())
    brought = bring(coordinator, house.open, "registre.csv", LOG.encode())
    assert Person.objects.count() > before[0]
    coordinator.post(f"/bring/{brought.reference}/undo/")
    after = (Person.objects.count(), NameVariant.objects.count(), Service.objects.count(), Enrolment.objects.count())
    assert after == before
    brought.refresh_from_db()
    assert (brought.state, brought.left) == ("undone", [])


def test_files_worked_on_since_are_not_taken_back_in_silence(house: House, coordinator: Client) -> None:
    """Where a colleague has written since, undoing waits for a second word."""
    brought = bring(coordinator, house.open, "registre.csv", LOG.encode())
    awa = Person.objects.get(birth_day=12, batch=brought.batch)
    Service.objects.create(person=awa, programme=house.open, service="information", starts_on=date(2026, 3, 1))
    coordinator.post(f"/bring/{brought.reference}/undo/")
    assert Person.objects.filter(pk=awa.pk).exists()
    coordinator.post(f"/bring/{brought.reference}/undo/", {"anyway": "1"})
    assert not Person.objects.filter(pk=awa.pk).exists()


def test_the_same_file_again_repeats_nothing(house: House, coordinator: Client) -> None:
    """The file is recognized, its mapping remembered, and what is on the desk is not made twice."""
    first = bring(coordinator, house.open, "registre.csv", LOG.encode(), **{"word-0-6-0": "french_practice"})
    address = upload(coordinator, house.open, "registre.csv", LOG.encode())
    page = coordinator.get(address).content.decode()
    assert "a déjà été importé" in page
    assert str(first.reference) in page
    assert ColumnMap.objects.get().told[0]["words"] == {"service": {"jasette": "french_practice"}}
    second = bring(coordinator, house.open, "registre.csv", LOG.encode())
    assert second.acts_made <= 1  # whoever has no whole birth date cannot be recognized without a number
    assert Person.objects.filter(shown_name="Awa Diop", birth_day=12, batch__isnull=False).count() == 1


def test_new_acts_of_somebody_known_go_to_their_file_and_back(house: House, coordinator: Client) -> None:
    """A later list with the source's numbers adds to the files that are there; undoing leaves them as they were."""
    people = b"local_id,given_names,family_names\nD-7,Ana,Lopez\nD-8,Omar,Khalil\n"
    bring(coordinator, house.open, "persons.csv", people)
    ana = Person.objects.get(file_number="D-7")
    acts = b"local_id,service,start\nD-7,employment,2026-03-02\nD-9,employment,2026-03-02\n"
    brought = bring(coordinator, house.open, "services.csv", acts)
    assert (brought.persons_made, brought.acts_made, brought.rows_left) == (0, 1, 1)
    place = Enrolment.objects.get(person=ana, programme=house.open)
    assert place.last_seen == date(2026, 3, 2)
    coordinator.post(f"/bring/{brought.reference}/undo/")
    assert Enrolment.objects.get(person=ana, programme=house.open).last_seen is None
    assert not ana.services.exists()


def test_a_hidden_file_is_no_answer_to_a_number(house: House, coordinator: Client) -> None:
    """A number that belongs to a file in a confidential programme is as unknown as one that nobody has."""
    acts = f"local_id,service,start\n{house.hidden.file_number},employment,2026-03-02\nNOBODY,employment,2026-03-02\n"
    brought = bring(coordinator, house.open, "services.csv", acts.encode())
    assert [place[3] for place in brought.left] == ["local_id.unknown"] * 2
    assert not house.hidden.services.exists()


def test_open_document_and_workbooks_are_read_sheet_by_sheet(house: House, coordinator: Client) -> None:
    """An ODS with two sheets: persons and assessments, typed dates, comments passed over."""
    sheets = {
        "Personnes": [
            ["No de dossier", "Nom", "Prénom", "Date de naissance"],
            ["A1", "Haidari", "Zahra", "2001-04-30"],
        ],
        "Évaluations": [
            ["No de dossier", "Échelle", "Habileté", "Niveau", "Date"],
            ["A1", "EQ", "Production orale", "4", "2026-01-15"],
        ],
    }
    brought = bring(coordinator, house.open, "dossiers.ods", ods(sheets))
    assert (brought.persons_made, brought.acts_made, brought.rows_left) == (1, 1, 0)
    zahra = Person.objects.get(file_number="A1")
    assert (zahra.shown_name, zahra.birth_day, zahra.assessments.get().level) == ("Zahra Haidari", 30, 4)


def test_an_open_document_that_unfolds_without_end_is_refused(house: House, coordinator: Client) -> None:
    """A row repeated twenty thousand times, with a word in a thousand cells, is refused, and nothing is kept."""
    cell = '<table:table-cell table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell>'
    bomb = f'<table:table-row table:number-rows-repeated="20000">{cell}</table:table-row>'
    from django.core.files.uploadedfile import SimpleUploadedFile

    from sansnom.desk.bring.vocabulary import sealed

    file = SimpleUploadedFile("bombe.ods", ods({"A": [["a"]]}, bomb))
    answer = coordinator.post("/bring/", {"file": file, "programme": sealed(house.open)})
    assert answer.status_code == 200
    assert "démesuré" in answer.content.decode()
    assert not Import.objects.exists()


def test_a_death_while_writing_keeps_nothing(
    house: House, coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle, an import has made no file; it says so, and the upload is gone."""

    def die(*_: object) -> None:
        raise RuntimeError("Awa Diop")

    before = Person.objects.count()
    address = upload(coordinator, house.open, "registre.csv", LOG.encode())
    monkeypatch.setattr("sansnom.desk.bring.taking.fill", die)
    place = coordinator.post(address, {"table-0": "persons", "column-0-0": "family_names", "import": "1"})["Location"]
    brought = Import.objects.get(reference=place.strip("/").split("/")[-1])
    running._run(brought.pk)
    page = coordinator.get(place).content.decode()
    assert "L’importation a échoué" in page
    assert "Awa" not in page
    assert Person.objects.count() == before
    assert bytes(Import.objects.get().content or b"") == b""


@pytest.mark.parametrize("who", ["counsellor", "stranger"])
def test_importing_is_for_coordinators(
    house: House, request: pytest.FixtureRequest, coordinator: Client, who: str
) -> None:
    """A counsellor gets the 403 page, a stranger the door, on every page of an import."""
    brought = bring(coordinator, house.open, "registre.csv", LOG.encode())
    client = request.getfixturevalue(who)
    expected = 403 if who == "counsellor" else 302
    for page in (
        "",
        f"{brought.reference}/",
        f"{brought.reference}/columns/",
        f"{brought.reference}/left.csv",
        "everything/",
    ):
        assert client.get(f"/bring/{page}").status_code == expected
    assert client.post(f"/bring/{brought.reference}/undo/").status_code == expected
    assert Person.objects.filter(batch=brought.batch).exists()


def test_an_import_into_a_confidential_programme_exists_for_its_members_alone(
    house: House, coordinator: Client, director: Client
) -> None:
    """Outside the programme, neither the list nor any page shows that the import is there."""
    house.shelter.members.add(house.desk.coordinator)
    brought = bring(coordinator, house.shelter, "refuge.csv", LOG.encode())
    assert "refuge.csv" in coordinator.get("/bring/").content.decode()
    assert "refuge.csv" not in director.get("/bring/").content.decode()
    for page in ("", "columns/", "left.csv", "progress/"):
        assert director.get(f"/bring/{brought.reference}/{page}").status_code == 404
    assert director.post(f"/bring/{brought.reference}/undo/").status_code == 404


def test_no_page_or_address_of_an_import_tells_a_name(house: House, coordinator: Client) -> None:
    """After the import, its page and the lists speak of rows, never of what they said."""
    brought = bring(coordinator, house.open, "registre.csv", LOG.encode())
    page = coordinator.get(f"/bring/{brought.reference}/").content.decode()
    assert not re.search("Awa|Diop|Pierre|محمد", page)
    assert "Pierre" not in str(brought.left)


def test_english_headings_and_pages(house: House, coordinator: Client) -> None:
    """An English file on an English desk, with the year first or the month first."""
    coordinator.cookies["desk_language"] = "en"
    told = b"Last name,First name,DOB,Gender,Immigration category,Start date\nKhan,Sana,04/30/1999,F,asylum claimant,\n"
    address = upload(coordinator, house.open, "clients.csv", told)
    page = coordinator.get(address).content.decode()
    assert "How this file is understood" in page
    assert "April 30, 1999" in page
    assert "Asylum" in page or "asylum" in page
