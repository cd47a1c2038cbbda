"""Files that the verbs of `sansnom plan` read and write: questions, dictionaries, what a question is judged against."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sansnom.board.ask_words import Asking
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import Board, read_board
from sansnom.cli.roster import load_signed
from sansnom.release.budget import Ledger
from sansnom.release.rules import Known
from sansnom.terms.errors import InputError
from sansnom.terms.plan import Plan
from sansnom.terms.vocabulary import Dictionary


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds; readers check it
    """Read a file that is JSON; InputError names it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise InputError("plan.unreadable", where=path.name) from None


def read_plan(path: Path) -> Plan:
    """Read a question, signed or not."""
    told = read_json(path)
    signed = isinstance(told, dict) and set(told) == {"signed", "signatures"}
    return Plan.from_json(told["signed"] if signed else told)


def write_plan(path: Path, plan: Plan) -> None:
    """Write a question for people to read and change; never over another file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(plan.to_json(), file, ensure_ascii=False, indent=1)
            file.write("\n")
    except FileExistsError:
        raise InputError("plan.out_exists", where=path.name) from None


def dictionaries(path: Path | None) -> Mapping[str, Dictionary]:
    """Give the dictionaries that ship, or the one of a file."""
    if path is None:
        return shipped_dictionaries()
    dictionary = Dictionary.from_json(read_json(path))
    return {dictionary.version: dictionary}


def board_at(folder: Path) -> Board:
    """Read and believe a board."""
    return read_board(folder, shipped_dictionaries())


def asking_of(args: argparse.Namespace, plan: Plan | None = None) -> Asking:
    """Say what a question is judged against: a board, or a roster alone; InputError where neither is named."""
    if args.board is None and args.roster is None:
        raise InputError("plan.flag.missing", where="--board DIR")
    known = dictionaries(getattr(args, "dictionary", None))
    ratified = frozenset(code for code in getattr(args, "ratified", "").split(",") if code)
    ledger = getattr(args, "ledger", None)
    given = None if ledger is None else Ledger.from_json(read_json(ledger))
    version = plan.dictionary if plan is not None and plan.dictionary in known else max(known)
    if args.board is None:
        roster = load_signed(args.roster)
        judged = Known(frozenset(known), ratified | frozenset(roster.ratified))
        return Asking(roster, known[version], given or Ledger(roster.yearly), judged)
    board = read_board(args.board, known)
    told = Asking.on(board, ratified)
    roster = told.roster if args.roster is None else load_signed(args.roster)
    return Asking(roster, known[version], told.ledger if given is None else given, told.known, told.refused)
