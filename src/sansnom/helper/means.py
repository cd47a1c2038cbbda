"""What every part of a helper shares: who it is, its store, its clock; and plans read from disk, each once."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from sansnom.exchange.keys import Randomness
from sansnom.exchange.setting import Setting
from sansnom.helper.clock import written
from sansnom.helper.disk import DAMAGED
from sansnom.helper.keys import Identity
from sansnom.helper.store import Store
from sansnom.helper.watch import Watch
from sansnom.release.budget import Ledger
from sansnom.terms.clock import Clock
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.linking_error import ExpectedErrors
from sansnom.terms.plan import Linking, Plan
from sansnom.terms.roster import Roster
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.signature import verify_object

_VERSION: Final = re.compile(r"\d{4}\.\d{1,3}")
_LISTED: Final = re.compile(r"[a-z0-9.-]{1,80}")
_PLAN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@lru_cache(maxsize=16)
def load_dictionary(version: str) -> Dictionary:
    """Read a ratified dictionary that ships with the package; InputError `dictionary.version` when there is none."""
    if not _VERSION.fullmatch(version):
        raise InputError("dictionary.version", where="plan.dictionary")
    file = resources.files("sansnom.terms.dictionary").joinpath(f"{version}.json")
    if not file.is_file():
        raise InputError("dictionary.version", where="plan.dictionary")
    return Dictionary.from_json(json.loads(file.read_text(encoding="utf-8")))


@lru_cache(maxsize=16)
def load_measured(linking: Linking) -> ExpectedErrors | None:
    """Read the shipped error of linking for these keys and scores; None where nothing was measured."""
    if linking.scoring is None:
        return None
    name = f"linking-error.{linking.version}.{linking.scoring.version}.json"
    file = resources.files("sansnom.terms.dictionary").joinpath(name)
    if not _LISTED.fullmatch(name) or not file.is_file():
        return None
    return ExpectedErrors.from_json(json.loads(file.read_text(encoding="utf-8")))


def shipped_versions() -> frozenset[str]:
    """Name the dictionary versions that ship with the package."""
    names = (file.name.removesuffix(".json") for file in resources.files("sansnom.terms.dictionary").iterdir())
    return frozenset(name for name in names if _VERSION.fullmatch(name))


def check_plan_name(name: str) -> str:
    """Give a plan's name if it may be part of a URL and of a file's name; PolicyRefusal `plan.unknown` if not."""
    if not _PLAN_NAME.fullmatch(name):
        raise PolicyRefusal("plan.unknown")
    return name


def read_roster(envelope: bytes) -> Roster:
    """Read a signed roster: its convener's signature must hold. Whom to trust, the operator said by giving the file."""
    try:
        opened: Any = json.loads(envelope)
        convener = str(opened["signed"]["convener_key"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError("roster.file", where="--roster") from None
    return Roster.from_json(verify_object("roster", opened, [convener], 1))


@contextmanager
def _as_kept() -> Iterator[None]:
    """Say by name that what this helper wrote itself cannot be read any more: InputError `disk.damaged`."""
    try:
        yield
    except (ValueError, KeyError, TypeError, InputError):
        raise InputError(DAMAGED, where="store.sqlite") from None


@dataclass(frozen=True, slots=True)
class Means:
    """What one helper works with: handed to its reception and to its worker.

    ratified  sensitive dimensions that this helper allows beside those of the roster
    yearly    rho of a year that this helper allows; None: as the roster that its operator gave it says
    instance  a random word for this process, new at each start: two that take turns in one seat are two copies
    """

    identity: Identity
    roster: Roster
    store: Store
    clock: Clock
    watch: Watch
    randomness: Randomness
    dictionary_of: Callable[[str], Dictionary] = load_dictionary
    versions: frozenset[str] = field(default_factory=shipped_versions)
    ratified: frozenset[str] = frozenset()
    yearly: Fraction | None = None
    instance: str = ""
    known: dict[str, Setting] = field(default_factory=dict)
    reading: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Check that the roster names this helper with the keys it has, and keep the roster for its plans."""
        if not self.roster.helpers or self.roster.helpers[self.identity.party] != self.identity.entry:
            raise InputError("helper.not_on_roster", where="--roster")

    def instant(self) -> str:
        """Give the present instant as the store writes it."""
        return written(self.clock.now())

    def plan(self, name: str) -> Setting:
        """Give what follows from an accepted plan: its roster, dictionary and layout; PolicyRefusal `plan.unknown`."""
        kept = self.store.plan(check_plan_name(name))
        if kept is None:
            raise PolicyRefusal("plan.unknown")
        with self.reading:
            if kept.digest not in self.known:
                with _as_kept():
                    plan = Plan.from_json(json.loads(kept.envelope)["signed"])
                if plan.digest != kept.digest:
                    raise InputError(DAMAGED, where=self.store.path.name)
                self.known[kept.digest] = Setting.of(plan, self.roster_of(plan), self.dictionary_of(plan.dictionary))
            return self.known[kept.digest]

    def roster_of(self, plan: Plan) -> Roster:
        """Give the roster that a plan was made for, which may be an earlier one."""
        if plan.roster_digest == self.roster.digest:
            return self.roster
        envelope = self.store.roster(plan.roster_digest)
        if envelope is None:
            raise PolicyRefusal("plan.roster", plan=plan.plan)
        return read_roster(envelope)

    def ledger(self) -> Ledger:
        """Give this helper's own copy of the budget's ledger."""
        with _as_kept():
            entries = sorted(
                (json.loads(entry) for entry in self.store.ledger()), key=lambda entry: int(entry["number"])
            )
        yearly = self.roster.yearly if self.yearly is None else self.yearly
        return Ledger.from_json({"schema": "sansnom/ledger/1", "yearly": str(yearly), "entries": entries})
