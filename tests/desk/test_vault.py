"""The key file: right secrets open it, wrong ones and tampered files do not, and a kill leaves it whole."""

import json
import os
from pathlib import Path

import pytest

from sansnom.desk.vault.key_file import (
    RECOVERY,
    Cost,
    add_passphrase,
    create_key_file,
    make_recovery,
    open_key_file,
    remove_passphrase,
    replace_passphrase,
)
from sansnom.desk.vault.secrets_on_paper import new_recovery_code, propose_passphrase, read_recovery_code
from sansnom.terms.errors import InputError, PolicyRefusal

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
DAY = "2027-02-03"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Give the path of a key file that is not there yet."""
    return tmp_path / "desk.keys"


def test_each_passphrase_opens_the_same_key(keys: Path) -> None:
    """Two directors, two passphrases, one database key; another passphrase opens nothing."""
    first = create_key_file(keys, "la première phrase", DAY, CHEAP)
    number = add_passphrase(keys, first.database_key, "une autre phrase", DAY, CHEAP)
    again = open_key_file(keys, "une  autre phrase ")
    assert again.database_key == first.database_key
    assert again.number == number
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        open_key_file(keys, "une autre phrasf")


def test_a_passphrase_is_the_same_from_every_keyboard(keys: Path) -> None:
    """Accents typed as one sign or as two are the same passphrase."""
    opened = create_key_file(keys, "été à Montréal", DAY, CHEAP)
    assert open_key_file(keys, "e\u0301te\u0301 a\u0300 Montre\u0301al").database_key == opened.database_key


def test_the_recovery_code_opens_however_it_is_typed(keys: Path) -> None:
    """Small letters, spaces, and letters taken for digits open all the same; a slip is seen at once."""
    opened = create_key_file(keys, "la première phrase", DAY, CHEAP)
    code = make_recovery(keys, opened.database_key, DAY, CHEAP)
    typed = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    found = open_key_file(keys, typed)
    assert (found.database_key, found.kind) == (opened.database_key, RECOVERY)
    slip = code[:-1] + ("0" if code[-1] != "0" else "2")
    assert read_recovery_code(slip) is None


def test_a_new_recovery_sheet_ends_the_old_one(keys: Path) -> None:
    """A lost sheet opens nothing once another was printed."""
    opened = create_key_file(keys, "la première phrase", DAY, CHEAP)
    lost = make_recovery(keys, opened.database_key, DAY, CHEAP)
    make_recovery(keys, opened.database_key, DAY, CHEAP)
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        open_key_file(keys, lost)


def test_a_changed_passphrase_ends_the_old_one(keys: Path) -> None:
    """After a change only the new passphrase opens."""
    opened = create_key_file(keys, "la première phrase", DAY, CHEAP)
    replace_passphrase(keys, opened.database_key, opened.number, "la seconde phrase", DAY, CHEAP)
    assert open_key_file(keys, "la seconde phrase").number == opened.number
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        open_key_file(keys, "la première phrase")


def test_a_director_who_leaves_opens_nothing_and_the_last_one_stays(keys: Path) -> None:
    """A removed passphrase opens nothing; nobody can remove the last."""
    opened = create_key_file(keys, "la première phrase", DAY, CHEAP)
    number = add_passphrase(keys, opened.database_key, "une autre phrase", DAY, CHEAP)
    remove_passphrase(keys, opened.database_key, number)
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        open_key_file(keys, "une autre phrase")
    with pytest.raises(PolicyRefusal, match=r"vault\.last"):
        remove_passphrase(keys, opened.database_key, opened.number)


def test_a_wrap_made_cheaper_opens_nothing(keys: Path) -> None:
    """The cost is authenticated with the key: who changes the file cannot make guessing cheap."""
    create_key_file(keys, "la première phrase", DAY, Cost(memory_kib=128, passes=2, lanes=1))
    told = json.loads(keys.read_bytes())
    told["wraps"][0]["made_on"] = "2020-01-01"
    del told["sum"]  # it guards against accidents, not against whoever can write it anew
    keys.write_text(json.dumps(told))
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        open_key_file(keys, "la première phrase")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"schema": "sansnom/desk-keys/1", "check": "", "wraps": [1]}'])
def test_a_broken_key_file_is_said_to_be_one(keys: Path, body: bytes) -> None:
    """What is no key file is an InputError, not a crash."""
    keys.write_bytes(body)
    with pytest.raises(InputError, match=r"vault\.unreadable"):
        open_key_file(keys, "la première phrase")


def test_a_key_file_is_never_overwritten_by_a_new_start(keys: Path) -> None:
    """Starting again over an existing desk is refused: its key would be gone."""
    create_key_file(keys, "la première phrase", DAY, CHEAP)
    with pytest.raises(PolicyRefusal, match=r"vault\.exists"):
        create_key_file(keys, "une autre phrase", DAY, CHEAP)


def test_a_cut_while_writing_leaves_the_old_file(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the move, the key file is the old one, and nothing is left beside it."""
    opened = create_key_file(keys, "la première phrase", DAY, CHEAP)

    def cut(descriptor: int) -> None:
        del descriptor
        raise OSError

    monkeypatch.setattr(os, "fsync", cut)
    with pytest.raises(OSError):  # noqa: PT011 - the cut itself
        add_passphrase(keys, opened.database_key, "une autre phrase", DAY, CHEAP)
    assert open_key_file(keys, "la première phrase") == opened
    assert [path.name for path in keys.parent.iterdir()] == [keys.name]


def test_no_key_and_no_name_shows_in_the_file_or_in_a_text(keys: Path) -> None:
    """The file holds the key under no encoding, and the text of what was opened shows none."""
    opened = create_key_file(keys, "la première phrase", DAY, CHEAP)
    told = keys.read_bytes()
    assert opened.database_key not in told
    assert opened.database_key.hex().encode() not in told
    assert opened.database_key.hex() not in repr(opened)
    assert "phrase" not in json.dumps([wrap for wrap in json.loads(told)["wraps"] if wrap.pop("kind")])


def test_proposals_differ_and_codes_read_back() -> None:
    """A proposed passphrase has five words; each code is read as it was written."""
    assert len({propose_passphrase() for _ in range(50)}) == 50
    assert propose_passphrase().count("-") == 4
    code = new_recovery_code()
    assert read_recovery_code(code) == code.replace("-", "")
