"""Small organizations' files for tests of the command line."""

from pathlib import Path

NAMES = ("Marie Tremblay", "Yusuf Al-Hassan", "Олена Шевченко", "Nguyễn Văn An", "José García López")


def write_organizations(folder: Path, organizations: int, persons: int = 8) -> Path:
    """Write small files in which every person comes to every organization."""
    for number in range(organizations):
        place = folder / f"org-{number + 1}"
        place.mkdir(parents=True)
        lines = ["local_id,given_names,family_names,birth_date,sex"]
        for person in range(persons):
            given, _, family = NAMES[person % len(NAMES)].partition(" ")
            lines.append(f"p{person},{given},{family},19{70 + person}-03-1{person % 9},F")
        (place / "persons.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
