"""`sansnom plan proposals`: what people handed in by the board's form, for the convener to look at, sign or refuse."""

import argparse
import json
from pathlib import Path

from sansnom.board.ask_store import Proposals
from sansnom.board.ask_words import Asking
from sansnom.cli.plan_files import board_at, write_plan
from sansnom.terms.errors import InputError


def run(args: argparse.Namespace) -> int:
    """List them with what the rules say today, or write one as a plan."""
    folder = args.dir or Proposals.beside(args.board).folder
    proposals = Proposals(folder).all()
    if args.take is not None:
        taken = next((one for one in proposals if one.proposal == args.take), None)
        if taken is None:
            raise InputError("plan.none", where="--take", plan=args.take)
        out = args.out or Path("question.json")
        write_plan(out, taken.plan)
        args.voice.say("plan.written", file=str(out), where=f" --board {args.board}")
        return 0
    asking = Asking.on(board_at(args.board))
    told = [(one, asking.judge(one.plan).findings) for one in proposals]
    if args.json:
        listed = [
            {
                "proposal": one.proposal,
                "received": one.received,
                "plan": one.plan.plan,
                "refused": [f.code for f in found],
            }
            for one, found in told
        ]
        print(json.dumps({"schema": "sansnom/proposals/1", "ok": True, "findings": [], "proposals": listed}))
        return 0
    if not told:
        args.voice.say("plan.proposals.none", folder=str(folder))
    for one, found in told:
        verdict = args.voice.text("ask.verdict.refused" if found else "ask.verdict.passes")
        title = one.plan.title.in_language(args.voice.language)
        args.voice.say("plan.proposal", proposal=one.proposal, received=one.received, title=title, verdict=verdict)
    return 0
