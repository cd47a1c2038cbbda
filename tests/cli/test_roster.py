"""`sansnom roster`: who takes part, signed, written down, and compared by voice."""

import argparse
import json
import re
import string
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sansnom.cli.roster import HELPER_FORMAT, add_parser, load_signed, read_private_keys, run
from sansnom.cli.roster_messages import MESSAGES
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from sansnom.terms.roster import Roster
from tests.exchange.examples import keys_of, roster

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sansnom"


@dataclass
class Said:
    """A voice that remembers what it said, in both languages."""

    language: str = "fr"
    heard: list[str] = field(default_factory=list)

    def say(self, code: str, /, **parameters: object) -> None:
        """Fill both sentences, so that a missing parameter is noticed in either."""
        self.heard += [sentence.format(**parameters) for sentence in MESSAGES[code]]


def call(folder: Path, *words: str | Path) -> Said:
    """Run `sansnom roster ...` on the roster in this folder."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    given = [str(word) for word in words]
    if given[0] not in ("keys", "check"):
        given += ["--dir", str(folder / "roster")]
    args = parser.parse_args(["roster", *given])
    voice = Said()
    args.voice = voice
    assert run(args) == 0
    return voice


def refused(folder: Path, *words: str | Path) -> str:
    """Run it and give the code of the refusal."""
    with pytest.raises(SansnomError) as wrong:
        call(folder, *words)
    return wrong.value.code


def add(folder: Path, code: str, *more: str, size: str = "64") -> Said:
    """Add an organization that makes its own keys."""
    keys = folder / f"{code}.json"
    if not keys.exists():
        call(folder, "keys", "--out", keys)
    public = folder / f"{code}.json.public.json"
    named = ("--name-fr", f"Organisme {code}", "--name-en", f"Organization {code}")
    return call(folder, "add", "--organization", code, "--keys", public, *named, "--size-class", size, *more)


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """Give a folder with a roster of two organizations, not signed yet."""
    call(tmp_path, "init", "--year", "2026", "--convener-fr", "Ligue", "--convener-en", "League")
    add(tmp_path, "aube", "--services", "reception,employment")
    add(tmp_path, "brise")
    return tmp_path


def current(folder: Path) -> Roster:
    """Read the signed roster."""
    return load_signed(folder / "roster" / "roster.json")


def test_a_roster_is_begun_filled_signed_and_shown(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From nothing to a signed version that anyone can read and check, in five commands."""
    call(begun, "sign")
    signed = current(begun)
    assert [(o.number, o.code, o.services) for o in signed.organizations] == [
        (1, "aube", ("reception", "employment")),
        (2, "brise", ()),
    ]
    told = "\n".join(call(begun, "show").heard)
    assert signed.digest in told
    assert read_private_keys(begun / "aube.json").public.fingerprint in told
    call(begun, "show", "--json")
    shown = json.loads(capsys.readouterr().out)
    assert shown["roster"] == signed.to_json()


def test_three_helpers_take_their_seats(begun: Path) -> None:
    """Each helper's public file fills its seat; with only two the roster cannot be signed."""
    for party, entry in enumerate(roster().to_json()["helpers"]):
        if party == 2:
            assert refused(begun, "sign") == "roster.helpers"
        path = begun / f"helper{party}.json"
        path.write_text(json.dumps({"schema": HELPER_FORMAT, "party": party, "entry": entry}), encoding="utf-8")
        call(begun, "add", "--helper", path)
    call(begun, "sign")
    assert current(begun).helpers == roster().helpers
    assert "helper" in "\n".join(call(begun, "show").heard).lower()


def test_versions_follow_one_another_and_are_written_down(begun: Path) -> None:
    """Each signature adds a version and a line of history; signing the same again is refused."""
    call(begun, "sign")
    assert refused(begun, "sign") == "roster.unchanged"
    call(begun, "remove", "aube")
    add(begun, "cap")
    call(begun, "sign")
    lines = [json.loads(line) for line in (begun / "roster" / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["version"] for line in lines] == [1, 2]
    assert lines[1]["digest"] == current(begun).digest
    assert [o["code"] for o in lines[1]["added"]] == ["cap"]
    assert lines[1]["removed"] == [{"number": 1, "code": "aube"}]
    assert lines[0]["added"][0]["fingerprint"] == read_private_keys(begun / "aube.json").public.fingerprint


def test_a_number_is_never_given_again(begun: Path) -> None:
    """An organization that left and comes back is a new one, with a new number."""
    call(begun, "remove", "brise")
    add(begun, "brise")
    call(begun, "sign")
    assert {o.code: o.number for o in current(begun).organizations} == {"aube": 1, "brise": 3}


@pytest.mark.guarantee("G-10")
def test_private_keys_are_never_printed_and_only_their_owner_may_read_them(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither standard output nor an error shows a private key; files are closed to others, or refused."""
    heard = "\n".join(add(begun, "delta").heard + call(begun, "sign").heard)
    heard += "".join(capsys.readouterr())
    for name in ("roster/convener.json", "aube.json", "delta.json"):
        path = begun / name
        assert path.stat().st_mode & 0o777 == 0o600
        secret = json.loads(path.read_bytes())
        assert secret["sign"] not in heard
        assert secret["seal"] not in heard
    (begun / "roster" / "convener.json").chmod(0o644)
    call(begun, "remove", "delta")
    assert refused(begun, "sign") == "roster.open_file"


def test_nothing_is_overwritten(begun: Path) -> None:
    """Keys, secrets and a roster that exist are never replaced by mistake."""
    assert refused(begun, "keys", "--out", begun / "aube.json") == "roster.exists"
    (begun / "aube.json").unlink()
    assert refused(begun, "keys", "--out", begun / "aube.json") == "roster.exists"
    assert refused(begun, "init", "--year", "2027", "--convener-fr", "x", "--convener-en", "x") == "roster.exists"


def test_a_fingerprint_read_by_telephone_is_compared(begun: Path) -> None:
    """The digits as heard, with any spaces, let the organization in; one digit off keeps it out."""
    call(begun, "keys", "--out", begun / "cap.json")
    told = read_private_keys(begun / "cap.json").public.fingerprint
    with pytest.raises(InputError, match=r"roster\.fingerprint"):
        add(begun, "cap", "--fingerprint", told[:-1] + str((int(told[-1]) + 1) % 10))
    add(begun, "cap", "--fingerprint", told.replace(" ", ""))


def test_an_organization_that_lost_its_machine_comes_back_under_other_keys(begun: Path) -> None:
    """Same code, size and services; other keys, another number; written down as one who left and one who came."""
    call(begun, "sign")
    before = current(begun)
    call(begun, "keys", "--out", begun / "again.json")
    told = read_private_keys(begun / "again.json").public.fingerprint
    keys = ("--keys", begun / "again.json.public.json", "--fingerprint")
    assert refused(begun, "rekey", "brise", *keys, told[:-1] + str((int(told[-1]) + 1) % 10)) == "roster.fingerprint"
    assert refused(begun, "rekey", "nobody", *keys, told) == "roster.absent"
    call(begun, "rekey", "brise", *keys, told)
    assert refused(begun, "rekey", "brise", *keys, told) == "roster.same_keys"
    call(begun, "sign")
    old, new = before.organization("brise"), current(begun).organization("brise")
    assert (new.size_class, new.services, new.name) == (old.size_class, old.services, old.name)
    assert new.number == max(o.number for o in before.organizations) + 1
    assert new.sign_key == read_private_keys(begun / "again.json").public.sign_key != old.sign_key
    line = json.loads((begun / "roster" / "history.jsonl").read_text().splitlines()[-1])
    assert [one["number"] for one in line["added"]] == [new.number]
    assert [one["number"] for one in line["removed"]] == [old.number]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--organization", "Aube!", "--size-class", "64"), "roster.code"),
        (("--organization", "aube", "--size-class", "64"), "roster.taken"),
        (("--organization", "cap", "--size-class", "65"), "roster.size_class"),
        (("--organization", "cap", "--size-class", "64"), "roster.shared_key"),
        (("--organization", "cap", "--size-class", "64", "--services", "spying"), "roster.services"),
        (("--organization", "cap"), "roster.what"),
        (("--size-class", "64"), "roster.what"),
    ],
)
def test_what_cannot_be_added_is_refused_and_the_draft_stays(begun: Path, words: tuple[str, ...], code: str) -> None:
    """A bad code, a code that is taken, another's keys, an odd size, an unknown service: nothing changes."""
    before = (begun / "roster" / "draft.json").read_bytes()
    common = ("--keys", begun / "aube.json.public.json", "--name-fr", "x", "--name-en", "x")
    if code == "roster.shared_key":
        assert refused(begun, "add", *common, *words) in ("roster.twice", code)
    else:
        assert refused(begun, "add", *common, *words) == code
    assert (begun / "roster" / "draft.json").read_bytes() == before


def test_missing_and_broken_files_are_named_and_not_shown(begun: Path) -> None:
    """An absent directory, a file that is no JSON, one that is no draft, an organization that is not there: one code each."""
    assert refused(begun / "elsewhere", "sign") == "roster.file"
    assert refused(begun, "remove", "zebra") == "roster.absent"
    (begun / "bad.json").write_bytes(b"{\xff")
    assert refused(begun, "add", "--helper", begun / "bad.json") == "roster.file"
    assert refused(begun, "show") == "roster.file"
    (begun / "roster" / "draft.json").write_text("{}", encoding="utf-8")
    assert refused(begun, "sign") == "json.missing"


def _change(path: Path, change: Any) -> None:
    envelope = json.loads(path.read_bytes())
    change(envelope)
    path.write_text(json.dumps(envelope), encoding="utf-8")


def test_a_roster_changed_after_signing_is_refused(begun: Path) -> None:
    """Another size class, another key, no signature, a stranger's: nobody reads such a roster as signed."""
    call(begun, "sign")
    path = begun / "roster" / "roster.json"
    good = path.read_bytes()

    def grow(envelope: dict[str, Any]) -> None:
        envelope["signed"]["organizations"][0]["size_class"] = 128

    def unsign(envelope: dict[str, Any]) -> None:
        envelope["signatures"] = []

    def usurp(envelope: dict[str, Any]) -> None:
        envelope["signed"]["convener_key"] = keys_of("eve").public.sign_key

    for change in (grow, unsign, usurp):
        path.write_bytes(good)
        _change(path, change)
        with pytest.raises(PolicyRefusal, match=r"signature\."):
            load_signed(path)
    path.write_bytes(b"[]")
    with pytest.raises(PolicyRefusal, match=r"signature\.shape"):
        load_signed(path)


def test_the_keeper_s_letter_reaches_every_desk_and_gives_one_check_value(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The keeper draws and seals once; each desk opens its part, and all print the same check value for a plan."""
    call(begun, "sign")
    letter, kept = begun / "letter.json", begun / "keeper.secret"
    common = ("--letter", letter)
    call(begun, "letter", "--keeper", "brise", "--keys", begun / "brise.json", "--secret", kept, *common)
    for code in ("aube", "brise"):
        own = begun / f"{code}.secret"
        call(begun, "receive", "--code", code, "--keys", begun / f"{code}.json", "--secret", own, *common)
        assert own.stat().st_mode & 0o777 == 0o600
        assert json.loads(own.read_bytes())["secret"] not in letter.read_text(encoding="utf-8")
    capsys.readouterr()
    for name in ("keeper", "aube", "brise"):
        call(begun, "check", "--secret", begun / f"{name}.secret", "--plan", "2026-essai-1")
    values = capsys.readouterr().out.split()
    assert len(values) == 3
    assert len(set(values)) == 1
    again = ("--secret", begun / "other.secret", *common)
    assert refused(begun, "receive", "--code", "zebra", "--keys", begun / "aube.json", *again) == "roster.absent"
    assert refused(begun, "receive", "--code", "brise", "--keys", begun / "aube.json", *again) == "seal.broken"
    assert refused(begun, "letter", "--keeper", "aube", "--keys", begun / "brise.json", *again) == "keeper.stranger"
    assert not (begun / "other.secret").exists()


def _raised() -> set[str]:
    """Find the codes that the exchange room, signatures and this verb raise."""
    files = [
        *(SOURCE / "exchange").glob("*.py"),
        SOURCE / "transparency" / "signature.py",
        SOURCE / "cli" / "roster.py",
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r'(?:InputError|PolicyRefusal)\(\s*"([a-z_.]+)"', text))


def test_every_code_has_its_sentence_in_both_languages() -> None:
    """Whatever these rooms refuse, a person reads why, in French and in English, with the same parameters."""
    codes = {code for code in _raised() if not code.startswith("json.")}
    assert len(codes) > 30
    assert codes <= set(MESSAGES)
    for code, (fr, en) in MESSAGES.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (fr, en)]
        assert fields[0] == fields[1], code
        assert fr.strip(), code
        assert en.strip(), code
        assert not re.search(r"[^\u00a0\d]:(?!//)(?!\d)", fr.replace("{", "").replace("}", "")), code
