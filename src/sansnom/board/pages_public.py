"""Pages beside questions and answers: the ledger of the privacy budget, questions taken back, incidents."""

from typing import Any

from sansnom.board.language import Speaker
from sansnom.board.pages import gauge, period_of, request_rows, status_of_plan
from sansnom.board.public import Board
from sansnom.terms.incident import Incident
from sansnom.terms.withdrawal import Withdrawal


def ledger_page(board: Board, s: Speaker) -> dict[str, Any]:
    """Give every charge there ever was, by year, in exact fractions, and what they add up to over all years."""
    ledger = board.ledger
    years = []
    for year in sorted({entry.year for entry in ledger.entries}, reverse=True):
        entries = [entry for entry in ledger.entries if entry.year == year]
        left = ledger.yearly
        rows = []
        for entry in entries:
            left -= entry.rho
            plan = board.plan(entry.plan)
            rows.append(
                {
                    "number": s.number(entry.number + 1),
                    "plan": entry.plan,
                    "title": s.of(plan.title),
                    "status": status_of_plan(board, plan),
                    "series": plan.series,
                    "reserved": bool(entry.series) and entry.rho == 0,
                    "rho": str(entry.rho),
                    "own": str(plan.rho),
                    "left": str(left),
                }
            )
        spent = ledger.spent(year)
        told = {"spent": str(spent), "left": str(left), "gauge": gauge(spent / ledger.yearly, s)}
        years.append({"year": year, "rows": rows, **told})
    return {
        "years": years,
        "yearly": str(ledger.yearly),
        "lifetime": str(ledger.lifetime),
        "charges": s.number(len(ledger.entries)),
        "head": ledger.head,
        "series": any(entry.series for entry in ledger.entries),
    }


def withdrawal_page(withdrawal: Withdrawal, s: Speaker) -> dict[str, Any]:
    """Give a question that was taken back: when, why, and what had been asked."""
    plan = withdrawal.plan
    return {
        "plan": plan.plan,
        "title": s.of(plan.title),
        "period": period_of(plan, s),
        "withdrawn_on": s.text("withdrawal.on", day=s.day(withdrawal.withdrawn_on)),
        "reason": s.of(withdrawal.reason),
        "request": request_rows(plan, s),
        "tables": [s.of(table.title) for table in plan.tables],
    }


def incident_page(board: Board, incident: Incident, s: Speaker) -> dict[str, Any]:
    """Give an incident: what happened, what it touches, what was done."""
    plans = {plan.plan: s.of(plan.title) for plan in board.plans}
    return {
        "incident": incident.incident,
        "title": s.of(incident.title),
        "found_on": s.text("incident.found", day=s.day(incident.found_on)),
        "what": s.of(incident.what),
        "done": s.of(incident.done),
        "touches": [{"plan": name, "title": plans.get(name, "")} for name in incident.touches],
    }
