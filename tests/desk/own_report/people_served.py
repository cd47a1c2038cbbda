"""An organization with some dozens of people served, made quickly."""

from datetime import date

from sansnom.desk.work.fill import fill
from sansnom.desk.work.models import Programme
from sansnom.terms import records

QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
YEAR = (date(2025, 4, 1), date(2026, 3, 31))
HALF = (date(2026, 1, 1), date(2026, 6, 30))


def serve(
    programme: Programme,
    count: int,
    *,
    sex: str = "F",
    born: int = 1990,
    day: str = "2026-02-10",
    service: str = "french_course",
    region: str = "06",
    unnamed: bool = False,
) -> dict[str, int]:
    """Give so many people one act each; return their numbers here."""
    mark = f"{sex}{born}{day}{service}{region}{int(unnamed)}{programme.pk}"
    persons = tuple(
        records.Person(
            f"{mark}-{n}", f"Prénom{n}", f"Nom{mark}", f"{born}-05-12", sex=sex, region=region, anonymous=unnamed
        )
        for n in range(count)
    )
    acts = tuple(records.Service(one.local_id, service, day, "", 60, "completed") for one in persons)
    return fill(records.OrganizationRecords("", persons=persons, services=acts), programme).numbers
