"""An organization with an open programme and a confidential one, whose only member is Camille; Dahlia directs, and is outside."""

from dataclasses import dataclass
from datetime import date

from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.work.models import Programme
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import Desk

DAY = date(2026, 2, 3)


@dataclass(frozen=True, slots=True)
class House:
    """Two programmes, and a file in each."""

    desk: Desk
    open: Programme
    shelter: Programme
    awa: Person
    hidden: Person


def two_programmes(desk: Desk) -> House:
    """Open both programmes and both files."""
    reception = Programme.objects.create(name_fr="Accueil", name_en="Reception")
    shelter = Programme.objects.create(name_fr="Refuge", name_en="Shelter", confidential=True)
    shelter.members.add(desk.counsellor)
    awa = open_file(
        desk.counsellor,
        reception,
        [Name("Awa", "Diop")],
        sex="F",
        birth_year=1990,
        birth_month=5,
        birth_day=12,
        birth_quality="exact",
        phone="514 555-0101",
    )
    hidden = open_file(
        desk.counsellor, shelter, [Name("Zohra", "Mansouri")], birth_year=1985, birth_quality="year_only"
    )
    return House(desk, reception, shelter, awa, hidden)
