"""Looking at the board: new plans are believed, judged by this desk on its own ledger, and checked with each helper.

What was judged once is not judged again: a plan's bytes never change, and a file that changed is another plan, which is refused.
Network first, database after: nothing is locked while a line is slow.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from sansnom.desk.questions import joining
from sansnom.desk.questions.believing import check_plan_key, read_plan, read_release, read_roster, read_withdrawal
from sansnom.desk.questions.board import NAME, Board, board_at
from sansnom.desk.questions.lists import dictionaries
from sansnom.desk.questions.models import Membership, Question
from sansnom.desk.questions.reaching import line_to
from sansnom.exchange.setting import Setting
from sansnom.release.budget import Ledger, ledger_of
from sansnom.release.rules import Known, judge
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import Finding, InputError, PeerError, PolicyRefusal, SansnomError
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Roster

Report = Callable[[int, int], None]
CUTOFF: Final = "%Y-%m-%dT%H:%M:%SZ"
RUN_DAYS_MOST: Final = 30
"""Days after its cut-off at which a run that could not be signed ends (the helpers' `Pace`): its question has no answer."""


@dataclass(slots=True)
class Looked:
    """What a look at the board brought."""

    fresh: int = 0
    refused: int = 0
    released: int = 0
    withdrawn: int = 0
    unreadable: int = 0
    helpers_away: int = 0


def plan_of(question: Question) -> Plan:
    """Give a question's plan, as it was signed and checked when it came."""
    return Plan.from_json(json.loads(question.envelope)["signed"])


def roster_of(question: Question) -> Roster:
    """Give the roster that a question was judged with."""
    return read_roster(json.loads(question.roster))


def own_ledger(roster: Roster) -> Ledger:
    """Give this desk's own copy of the ledger: its charged plans, in the order it saw them, and the year's limit of the roster."""
    charged = Question.objects.filter(charged=True).order_by("pk")
    return ledger_of((plan_of(question) for question in charged), roster.yearly)


def look(now: datetime, report: Report = lambda _done, _total: None) -> Looked:
    """Fetch what is new, judge it, check keys with the helpers, fetch releases. What fails at one plan stops none of the others."""
    member, looked = joining.membership(), Looked()
    if not member.board_place:
        raise InputError("questions.no_board")
    with board_at(member.board_place) as board:
        roster = joining.adopt(member, board.fetch("roster.json"))
        listed = board.plan_names()
        names = listed if listed is not None else _names_at_helpers(roster)
        known = dict(Question.objects.values_list("name", "digest"))
        found = []
        for place, name in enumerate(names):
            report(place, len(names))
            try:
                envelope = board.fetch(f"plans/{name}/plan.json")
                if envelope is not None:
                    plan = read_plan(envelope, roster, name)
                    cutoff_of(plan)
                    found.append((plan, envelope))
            except (PolicyRefusal, InputError) as error:
                if error.code == "questions.board_unreachable":
                    raise
                looked.unreadable += 1  # not signed by the convener, or not a plan: no question at all
        for plan, envelope in sorted(found, key=lambda one: (one[0].cutoff, one[0].plan)):
            if known.get(plan.plan) != plan.digest:
                _keep(plan, envelope, member, now, looked)
                _follow(
                    board, now, looked, Question.objects.filter(digest=plan.digest)
                )  # before the next one is judged
        _follow(board, now, looked, Question.objects.filter(name__in=known))
    looked.helpers_away = check_keys(now)
    Membership.objects.filter(pk=member.pk).update(looked_at=now)
    return looked


def cutoff_of(plan: Plan) -> datetime:
    """Read a cut-off; InputError `plan.cutoff` for another spelling."""
    try:
        return datetime.strptime(plan.cutoff, CUTOFF).replace(tzinfo=UTC)
    except ValueError:
        raise InputError("plan.cutoff", where="plan.cutoff") from None


@transaction.atomic
def _keep(plan: Plan, envelope: object, member: Membership, now: datetime, looked: Looked) -> None:
    """Judge a plan that this desk has not seen, and keep it with the judgement: every reason, or none."""
    if Question.objects.filter(digest=plan.digest).exists():
        return
    cutoff = cutoff_of(plan)
    late = cutoff <= now
    findings = () if late and not _named_before(plan) else judgement(plan, joining.joined_roster(member), now)
    question = Question(
        name=plan.plan,
        digest=plan.digest,
        envelope=canonical_bytes(envelope).decode(),  # type: ignore[arg-type]  # read_plan found it to be JSON
        roster=member.roster,
        cutoff=cutoff,
        seen_at=now,
        supersedes=plan.supersedes,
        findings=[{"code": f.code, "where": f.where, "parameters": f.parameters} for f in findings],
        charged=not findings,  # one whose time is over when first seen was charged by everybody else: so by this desk
    )
    question.save(force_insert=True)
    looked.fresh += not late
    looked.refused += bool(findings)


def judgement(plan: Plan, roster: Roster, now: datetime) -> tuple[Finding, ...]:
    """Ask every rule, on this desk's own ledger and the plans that it knows: what each helper does too, on its own."""
    dictionary = dictionaries().get(plan.dictionary)
    if dictionary is None:
        return (Finding("rule.dictionary_version", "plan.dictionary", {"version": plan.dictionary}),)
    before = list(Question.objects.filter(charged=True).order_by("pk"))
    plans = tuple(plan_of(question) for question in before)
    stopped = frozenset(question.name for question in before if not question.release and _given_up(question, now))
    known = Known(frozenset(dictionaries()), frozenset(roster.ratified), plans, stopped)
    told = judge(plan, dictionary, roster, ledger_of(plans, roster.yearly), known)
    if told.findings:
        return told.findings
    try:
        Setting.of(plan, roster, dictionary)
    except (PolicyRefusal, InputError) as refusal:
        return (Finding("rule.layout", "plan", refusal.parameters),)
    return ()


def _given_up(question: Question, now: datetime) -> bool:
    """Say whether no release will come any more: taken back, or so long over that the helpers have ended its run."""
    return bool(question.withdrawal) or question.cutoff + timedelta(days=RUN_DAYS_MOST) <= now


def check_keys(now: datetime) -> int:
    """Compare every open plan's keys with each helper's own signed answer; say how many helpers could not be asked."""
    away: set[int] = set()
    for question in Question.objects.filter(
        charged=True, keys_checked_at=None, keys_differ=None, cutoff__gt=now, withdrawal=""
    ):
        plan, roster = plan_of(question), roster_of(question)
        asked = 0
        for party in PARTIES:
            try:
                with line_to(roster, party) as line:
                    check_plan_key(line.get(f"/plans/{plan.plan}/keys"), plan, roster, party)
                asked += 1
            except PeerError:
                away.add(int(party))
            except PolicyRefusal as refusal:
                if not refusal.code.startswith(("questions.", "signature.")):
                    away.add(int(party))  # its own refusal: it is busy, or has not taken the plan yet
                    continue
                question.keys_differ = int(party)
                break
        if asked == len(PARTIES):
            question.keys_checked_at = now
        question.save(update_fields=["keys_differ", "keys_checked_at"])
    return len(away)


def _follow(board: Board, now: datetime, looked: Looked, questions: QuerySet[Question]) -> None:
    """Fetch what came of these questions: the release of each that had none, or the word that it is taken back."""
    for question in questions.filter(release=""):
        looked.released += _take_release(board, question, now)
        if not question.release and not question.withdrawal:
            looked.withdrawn += _take_withdrawal(board, question)


def _take_release(board: Board, question: Question, now: datetime) -> bool:
    """Take a release that all three helpers signed."""
    envelope = board.fetch(f"releases/{question.name}/release.json")
    if envelope is None:
        return False
    try:
        read_release(envelope, plan_of(question), roster_of(question))
    except SansnomError:
        return False  # whatever stands there is not the answer; `sansnom verify` says what it is
    question.release, question.released_at = canonical_bytes(envelope).decode(), now
    question.save(update_fields=["release", "released_at"])
    return True


def _take_withdrawal(board: Board, question: Question) -> bool:
    """Take a withdrawal that the convener signed."""
    envelope = board.fetch(f"withdrawals/{question.name}.json")
    if envelope is None:
        return False
    try:
        read_withdrawal(envelope, plan_of(question), roster_of(question))
    except SansnomError:
        return False  # not the convener's word, or about another question: nothing was taken back
    question.withdrawal = canonical_bytes(envelope).decode()
    question.save(update_fields=["withdrawal"])
    return True


def _named_before(plan: Plan) -> bool:
    return Question.objects.filter(name=plan.plan).exists()


def _names_at_helpers(roster: Roster) -> list[str]:
    """Ask the helpers which plans they accepted: for boards that cannot be listed. One that answers is enough."""
    found: set[str] = set()
    answered = 0
    for party in PARTIES:
        try:
            with line_to(roster, party) as line:
                found |= set(_plan_names(line.get("/plans")))
                answered += 1
        except PeerError:
            continue
    if not answered:
        raise InputError("questions.board_unreachable")
    return sorted(found)


def _plan_names(told: Any) -> Iterable[str]:  # noqa: ANN401 - whatever a helper answered
    listed = told.get("plans") if isinstance(told, dict) else None
    names = (one.get("plan") for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))
    return (name for name in names if isinstance(name, str) and NAME.fullmatch(name))
