"""What is said to somebody who mistypes, in both languages; and that a light verb stays light."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from sansnom.cli.main import INTERRUPTED, VERBS, build_parser, main
from sansnom.cli.plan_practice import practice_board
from sansnom.cli.usage import french, parser_in

SLOW = ("scipy", "numba", "django", "openpyxl", "ortools", "opendp", "jinja2", "sansnom.desk.files", "sansnom.worlds")
"""What a question's rules have no need of: scipy alone takes longer to load than all the rules to judge."""
CHECK = (
    "import sys\n"
    "from sansnom.cli.main import main\n"
    "code = main(sys.argv[1:])\n"
    "print('loaded', *sorted(sys.modules))\n"
    "sys.exit(code)\n"
)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Mistype, and give what is said."""
    with pytest.raises(SystemExit) as left:
        main(list(words))
    assert left.value.code == 2
    return capsys.readouterr().err


def test_each_verb_is_listed_as_it_presents_itself() -> None:
    """The short list of verbs, made without loading one, is the list that the verbs make themselves."""
    assert build_parser(()).format_help() == build_parser().format_help()
    assert all(" · " in told for told in VERBS.values())


def test_judging_a_question_loads_nothing_slow(tmp_path: Path) -> None:
    """`plan check` answers in a second: no desk, no world, no page and no solver is loaded for it."""
    practice_board(tmp_path / "practice")
    board = str(tmp_path / "practice/board")
    texts = [f"--{name}-{language}={name} {language} told at length" for name in FIELDS for language in ("fr", "en")]
    new = ["plan", "new", "--board", board, "--out", str(tmp_path / "q.json"), "--no-questions", "--name", "q"]
    assert main([*new, "--expected", "3000", "--table", "persons:region,birth_date", *texts]) == 0
    command = [sys.executable, "-c", CHECK, "plan", "check", str(tmp_path / "q.json"), "--board", board]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 3
    loaded = told.stdout.rpartition("loaded ")[2].split()
    assert "sansnom.release.rules" in loaded
    assert [name for name in loaded if name.startswith(SLOW)] == []


FIELDS = ("title", "requester", "presentation", "grounds")


def test_a_usage_error_is_said_in_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chosen language first, then the other, then where help is."""
    monkeypatch.setenv("SANSNOM_LANGUAGE", "en")
    english = "Error: the following arguments are required: FILE\n"
    told_french = "Erreur\u00a0: il manque\u00a0: FILE\n"
    where = "→ sansnom plan check --help\n"
    assert said(capsys, "plan", "check") == english + told_french + where
    for words in (["--language", "fr"], ["--language=fr"]):
        assert said(capsys, *words, "plan", "check") == told_french + english + where
    assert "Erreur\u00a0: argument VERB, choix inconnu\u00a0: 'nothing'" in said(capsys, "nothing")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--n x",
        "--n",
        "--n 1 --unknown",
        "--n 1 --pair 1",
        "--n 1 --some",
        "--n 1 --kind c",
        "--n 1 --flag=x",
        "--n 1 --ki a",
        "--n 1 --left --right",
    ],
)
def test_every_error_of_the_standard_parser_has_its_french(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each mistake is made in truth; none falls back on the English message."""
    parser = parser_in("fr")(prog="p")
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--pair", nargs=2)
    parser.add_argument("--some", nargs="+")
    parser.add_argument("--kind", choices=("a", "b"))
    parser.add_argument("--kin-of")
    parser.add_argument("--flag", action="store_true")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--left", action="store_true")
    only.add_argument("--right", action="store_true")
    with pytest.raises(SystemExit):
        parser.parse_args(words.split())
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("Erreur\u00a0: ")
    assert "n’a pas été comprise" not in told[0]
    assert told[1].startswith("Error: ")


def test_an_error_of_unknown_shape_is_not_lost() -> None:
    """What a later Python says differently is shown as it comes, after a French word for it."""
    assert french("something new") == "la commande n’a pas été comprise (something new)"
    assert issubclass(parser_in("en"), argparse.ArgumentParser)


def test_a_reader_who_has_had_enough_is_no_crash(tmp_path: Path) -> None:
    """`sansnom plan rules | head -1`: the end of the reader is no traceback."""
    command = [sys.executable, "-m", "sansnom", "plan", "rules"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as told:
        assert told.stdout is not None
        assert told.stderr is not None
        told.stdout.close()
        assert told.stderr.read() == b""
        assert told.wait() == INTERRUPTED
