"""`sansnom helper init|serve|status`, and that it has no way to compute anything exact."""

import argparse
import ast
import json
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sansnom.cli import helper as verb
from sansnom.cli.helper import add_parser, run
from sansnom.exchange.keys import fingerprint
from sansnom.helper.messages import MESSAGES
from sansnom.terms.errors import InputError
from tests.helper.world import PLAN, make_world

SOURCE = Path(verb.__file__).resolve().parents[1]
INIT = ("--party", "1", "--name-fr", "Calcul", "--name-en", "Helper", "--url", "https://localhost:8443")
SERVE = ("--roster", "r", "--board", "b", "--listen", "localhost:1", "--peer-listen", "localhost:2")


@dataclass
class Said:
    """A voice that remembers what it said, in both languages."""

    heard: list[str] = field(default_factory=list)

    def say(self, code: str, /, **parameters: object) -> None:
        """Fill both sentences, so that a missing parameter is noticed in either."""
        self.heard += [sentence.format(**parameters) for sentence in MESSAGES[code]]


def parser() -> argparse.ArgumentParser:
    """Build the verb's parser."""
    made = argparse.ArgumentParser()
    add_parser(made.add_subparsers(dest="verb"))
    return made


def call(*words: object) -> Said:
    """Run `sansnom helper ...`."""
    args = parser().parse_args(["helper", *(str(word) for word in words)])
    args.voice = Said()
    assert run(args) == 0
    said: Said = args.voice
    return said


def test_init_makes_a_folder_and_prints_what_is_compared_by_voice(tmp_path: Path) -> None:
    """Fingerprints of keys and certificate are said; helper.json holds the roster's entry and no secret."""
    folder = tmp_path / "h"
    said = call("init", "--out", folder, *INIT, "--peer-address", "localhost:8444")
    told = json.loads((folder / "helper.json").read_bytes())
    entry = told["entry"]
    heard = " ".join(said.heard)
    assert fingerprint(entry["sign_key"], entry["seal_key"]) in heard
    assert entry["certificate"] in heard
    assert (told["party"], entry["institution"]) == (1, {"fr": "Calcul", "en": "Helper"})
    secrets = json.loads((folder / "secrets.json").read_bytes())
    for secret in (*secrets["keys"].values(), secrets["noise_seed"]):
        assert secret == "sansnom/private-keys/1" or secret not in heard + (folder / "helper.json").read_text()
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600


def test_init_refuses_what_cannot_be(tmp_path: Path) -> None:
    """A seat that does not exist, an address that is none, a folder that is there: named, and nothing is made."""
    party = ("--party", "3")
    for words, code in (
        ((*INIT, *party, "--peer-address", "localhost:8444"), "helper.party"),
        ((*INIT, "--peer-address", "localhost"), "helper.address"),
    ):
        with pytest.raises(InputError, match=re.escape(code)):
            call("init", "--out", tmp_path / "h", *words)
        assert not (tmp_path / "h").exists()
    (tmp_path / "h").mkdir()
    with pytest.raises(InputError, match=r"helper\.exists"):
        call("init", "--out", tmp_path / "h", *INIT, "--peer-address", "localhost:8444")


@pytest.mark.guarantee("G-10")
def test_status_says_states_and_counts_while_the_helper_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """States, counts and sizes; it needs no lock, and changes nothing."""
    world = make_world(tmp_path)
    setting = world.publish_plan()
    world.submit(setting, ("aube", "brise"))
    said = call("status", "--dir", tmp_path / "helper-0")
    assert any(PLAN in line and "2" in line for line in said.heard)
    call("status", "--dir", tmp_path / "helper-0", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == [{"plan": PLAN, "state": "open", "submissions": 2, "attempts": 0, "reason": ""}]
    assert set(told) == {"schema", "party", "bytes", "runs"}
    with pytest.raises(InputError, match=r"helper\.directory"):
        call("status", "--dir", tmp_path)


def options_of(given: argparse.ArgumentParser) -> set[str]:
    """Name every option of a parser and of its sub-parsers."""
    found = {option for action in given._actions for option in action.option_strings}
    for action in given._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found |= options_of(inner)
    return found


@pytest.mark.guarantee("G-06")
def test_no_option_of_the_helper_computes_anything_exact(tmp_path: Path) -> None:
    """Serving has these options and no others; one that would evaluate is a usage error."""
    serve = parser().parse_args(["helper", "serve", "--dir", "d", *SERVE])
    told = {"verb", "helper_verb", "dir", "roster", "board", "listen", "peer_listen", "burst", "per_second", "watch"}
    assert set(vars(serve)) == told
    assert not [option for option in options_of(parser()) if re.search("exact|evaluat|plain|audit", option)]
    for option in ("--exact-for-evaluation", "--exact"):
        with pytest.raises(SystemExit) as wrong:
            parser().parse_args(["helper", "serve", "--dir", "d", *SERVE, option])
        assert wrong.value.code == 2


def imported_by(path: Path) -> set[str]:
    """Name every module that a file imports, lazily or not."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.guarantee("G-06")
def test_the_helper_imports_nothing_that_evaluates() -> None:
    """Neither the room nor its verb imports audit, worlds, or the simulator that joins shares."""
    files: list[Any] = [*(SOURCE / "helper").glob("*.py"), SOURCE / "cli" / "helper.py"]
    assert len(files) > 15
    forbidden = (
        "sansnom.audit",
        "sansnom.worlds",
        "sansnom.compute.simulate",
        "sansnom.compute.reveal",
        "importlib.import_module",
    )
    found = [f"{path.name}: {name}" for path in files for name in imported_by(path) if name.startswith(forbidden)]
    assert not found


@pytest.mark.parametrize("name", ["--burst", "--per-second"])
def test_a_rate_below_one_is_refused(tmp_path: Path, name: str) -> None:
    """A helper that answers nobody is a mistake, named as such."""
    with pytest.raises(InputError, match=r"helper\.rate"):
        call("serve", "--dir", tmp_path, *SERVE, name, "0")
