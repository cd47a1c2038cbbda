"""`sansnom plan sign|publish|withdraw`: what the convener does with a question, in public.

A question that the rules refuse is published too, as refused, with every rule. A refusal and an accepted question never bear the
same name. Everything that stands on the board is entered in its log at once.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sansnom.board.ask_words import Asking
from sansnom.board.keeping import enter_files, put_file
from sansnom.board.public import Board
from sansnom.board.site import build_site
from sansnom.cli.log_keys import read_log_key
from sansnom.cli.plan_check import say_accepted
from sansnom.cli.plan_files import board_at, read_plan
from sansnom.cli.plan_helpers import hand_in, seated
from sansnom.cli.roster import load_signed, read_private_keys
from sansnom.exchange.keys import PrivateKeys
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import Finding, InputError, PolicyRefusal, SansnomError
from sansnom.terms.parse import Text
from sansnom.terms.plan import Plan
from sansnom.terms.refusal import Refusal
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.signature import sign_object, verify_object

KIND: Final = "plan"
REFUSED: Final = 3
SECONDS_A_DAY: Final = 86_400


def run(args: argparse.Namespace) -> int:
    """Sign, publish or withdraw."""
    return {"sign": _sign, "publish": _publish, "withdraw": _withdraw}[args.plan_verb](args)


def _sign(args: argparse.Namespace) -> int:
    plan = read_plan(args.file)
    roster = load_signed(args.roster / "roster.json")
    if plan.roster_digest != roster.digest:
        raise InputError("rule.roster", where=args.file.name, version=plan.roster_version)
    keys = read_private_keys(args.roster / "convener.json")
    envelope = sign_object(KIND, plan.to_json(), keys.signing)
    verify_object(KIND, envelope, [roster.convener_key], 1)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with args.out.open("xb") as file:
            file.write(canonical_bytes(envelope))
    except FileExistsError:
        raise InputError("plan.out_exists", where=args.out.name) from None
    args.voice.say("plan.signed", file=args.out.name)
    return 0


def _publish(args: argparse.Namespace) -> int:
    """Publish one question, or those of a series in their order; after one that is refused, no further one."""
    plans = [read_plan(file) for file in args.file]
    checks: list[str] = args.check or [""] * len(plans)
    if len(checks) != len(plans):
        raise InputError("plan.helpers.needed", where="--check", plan=plans[min(len(checks), len(plans) - 1)].plan)
    for plan, check in zip(plans, checks, strict=True):
        code = _publish_one(args, plan, check)
        if code:
            return code
    return 0


def _publish_one(args: argparse.Namespace, plan: Plan, check: str) -> int:
    board, keys = board_at(args.board), _convener(args)
    asking = Asking.on(board)
    judged = asking.judge(plan)
    if judged.findings:
        return _publish_refusal(args, board, keys, plan, judged.findings)
    if args.without_helpers and not board.roster.trial:
        raise InputError("plan.without_helpers", where="--without-helpers")
    if not args.without_helpers:
        if check:
            _in_time(plan)
        plan = seated(plan, board.roster, keys, check)
    say_accepted(args.voice, plan, asking)
    envelope = sign_object(KIND, plan.to_json(), keys.signing)
    refused = None if args.without_helpers else hand_in(plan, envelope, board.roster)
    if refused is not None:
        args.voice.say("plan.refusal.published", file=_put(args, refused))
        return REFUSED
    name = _put(args, envelope)
    args.voice.say("plan.published", file=name)
    args.voice.say("plan.page", file=str(args.board / args.voice.language / f"plans/{plan.plan}.html"))
    return 0


def _in_time(plan: Plan) -> None:
    """Stop before anybody is asked where the cut-off is past or too far away: a refusal would burn the name for good."""
    from sansnom.helper.reception import CUTOFF_DAYS_MOST

    days = (datetime.fromisoformat(plan.cutoff) - datetime.now(UTC)).total_seconds() / SECONDS_A_DAY
    if days <= 0:
        raise InputError("plan.cutoff.late", where="plan.cutoff", plan=plan.plan)
    if days > CUTOFF_DAYS_MOST:
        raise InputError("plan.cutoff.far", where="plan.cutoff", plan=plan.plan, most=CUTOFF_DAYS_MOST)


def _publish_refusal(
    args: argparse.Namespace, board: Board, keys: PrivateKeys, plan: Plan, found: tuple[Finding, ...]
) -> int:
    """Publish what was refused, with every rule; nothing where the name is taken already, or is none."""
    named = {finding.code for finding in found} & {"rule.name", "rule.plan.twice"}
    taken = bool(named) or any(plan.plan == other.plan for other in board.plans)
    code = "plan.would_refuse" if taken else "rule.refused"
    args.voice.explain(PolicyRefusal(code, found, plan=plan.plan, reasons=len(found)))
    if taken:
        return REFUSED
    refusal = Refusal(plan, None, datetime.now(UTC).date().isoformat(), "rule.refused", found)
    name = _put(args, sign_object("refusal", refusal.to_json(), keys.signing))
    args.voice.say("plan.refusal.published", file=name)
    args.voice.say("plan.page", file=str(args.board / args.voice.language / f"refusals/{plan.plan}.html"))
    return REFUSED


def _withdraw(args: argparse.Namespace) -> int:
    board, keys = board_at(args.board), _convener(args)
    plan = next((p for p in board.plans if p.plan == args.name), None)
    if plan is None:
        raise InputError("plan.none", where="NAME", plan=args.name)
    if board.release_of(plan.plan) is not None or board.withdrawal_of(plan.plan) is not None:
        raise InputError("plan.answered.already", where="NAME", plan=plan.plan)
    reason = Text(args.reason_fr, args.reason_en)
    told = Withdrawal(plan, datetime.now(UTC).date().isoformat(), reason)
    Withdrawal.from_json(told.to_json())  # refuses a reason that is missing in one language
    name = _put(args, sign_object("withdrawal", told.to_json(), keys.signing))
    args.voice.say("plan.withdrawn.done", plan=plan.plan, file=name)
    return 0


def _convener(args: argparse.Namespace) -> PrivateKeys:
    return read_private_keys(args.keys / "convener.json")


def _put(args: argparse.Namespace, envelope: dict[str, Any]) -> str:
    """Put a signed file on the board if the board can be believed with it, enter it in the log, make the pages again."""
    folder: Path = args.board
    private, _ = read_log_key(args.keys / "log.json")
    name = put_file(folder, envelope)
    try:
        board_at(folder)
    except SansnomError:
        (folder / name).unlink()
        raise
    enter_files(folder, private, datetime.now(UTC))
    build_site(folder)
    return name
