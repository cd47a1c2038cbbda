"""Every file that a desk leaves: no planted name in it, in any usual encoding."""

import base64
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sansnom.desk.accounts.models import Colleague
from tests.desk.conftest import PASSWORD, Desk

pytestmark = pytest.mark.encrypted_file

NAMES = ("Zulfiya-Planted", "Зульфия", "ذوالفية", "Ngọc-Planted")


@pytest.mark.guarantee("G-10")
def test_names_typed_into_forms_and_files_are_nowhere_on_the_disk(
    desk: Desk, director: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names as a colleague's, in drafts, in an uploaded file and in a wrong address: no file of the desk or of TMP shows one."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    for number, name in enumerate(NAMES):
        added = {"name": name, "sign_in_name": f"c{number}", "role": "counsellor", "language": "fr"}
        added |= {"password": PASSWORD, "password_again": PASSWORD}
        assert director.post("/settings/colleagues/new/", added).status_code == 302
        director.post("/draft/", {"form": f"f{number}", "fields": f'[["name", "{name}"]]'})
        upload = SimpleUploadedFile("rows.csv", (name * 400_000).encode())
        director.post("/draft/", {"form": "file", "fields": "[]", "file": upload})
        director.get(f"/nothing/{name}/")
        director.post("/sign-in/", {"sign_in_name": name, "password": name})
    assert Colleague.objects.filter(name__in=NAMES).count() == len(NAMES)
    assert list(temporary.iterdir()) == []
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        told = path.read_bytes()
        for name in NAMES:
            plain = name.encode()
            spellings = [plain, name.encode("utf-16-le"), name.encode("utf-16-be"), name.encode("utf-32-le")]
            spellings += [plain.hex().encode(), base64.b64encode(plain)[:-4], name.encode("unicode_escape")]
            assert not [spelling for spelling in spellings if spelling in told], path.name
