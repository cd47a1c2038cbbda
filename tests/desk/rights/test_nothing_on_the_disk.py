"""After a session that used every page, no file that the desk leaves, nor TMP, shows a planted text in any encoding."""

from pathlib import Path

import pytest

from sansnom.desk.house.places import key_path
from sansnom.desk.vault.key_file import create_key_file
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.rights.full_file import GOAL, NAMES, NOTE, full
from tests.desk.rights.test_erasing import found_in
from tests.desk.rights.test_every_route import ALL, CHEAP, ask


@pytest.mark.guarantee("G-10")
def test_a_session_that_used_every_page_leaves_nothing_readable(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages, the PDF, the JSON, forms, drafts, an erasure and a backup: only encrypted bytes are on the disk."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    create_key_file(key_path(), "cinq mots que nous seules savons", "2027-03-04", CHEAP, DATABASE_KEY)
    house = full(desk)
    client = desk.client(desk.director)
    for route in ALL:
        address = route.with_file(house.awa.reference)
        assert ask(client, "GET", address).status_code < 500
        assert ask(client, "POST", address, {"words": NOTE, "name": NAMES[0], "q": NAMES[2]}).status_code < 500
    client.post("/draft/", {"form": "people.new", "fields": f'[["name", "{NAMES[1]}"]]'})
    client.post("/settings/backups/now/")
    erasing = {"ground": "request", "number": house.awa.file_number}
    assert client.post(f"/rights/of/{house.awa.reference}/erase/", erasing).status_code == 302
    assert list(temporary.iterdir()) == []
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".backup" for path in written)
    for path in written:
        raw = path.read_bytes()
        assert not [planted for planted in (*NAMES, GOAL, NOTE) if found_in(raw, planted)], path.name
