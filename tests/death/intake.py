"""What a convener and four desks ask of one helper, each asking again, unchanged, until it is answered, as desks do."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import SealedSubmission
from sansnom.helper.certificates import pinned_context
from sansnom.terms.plan import HelperSeat
from tests.death.points import Orders
from tests.death.ring import Kit, Ring, wait_for
from tests.helper.world import CODES, PLAN, SAID, small_plan


@dataclass
class Door:
    """One helper's door; a helper that dies on the way is started again, and the same request is sent again."""

    ring: Ring
    party: int
    deaths: int = 0
    statuses: list[int] = field(default_factory=list)
    after_death: Callable[[], object] = lambda: None

    def ask(self, method: str, path: str, body: bytes = b"") -> httpx.Response:
        """Ask until an answer comes; it must not be a refusal, nor an error of the helper's own."""

        def once() -> httpx.Response | None:
            if self.ring.ended(self.party) is not None:
                self.deaths += 1
                self.after_death()
                self.ring.start(self.party)
            try:
                with self._client() as client:
                    return client.request(method, path, content=body)
            except httpx.HTTPError:
                return None

        answer = wait_for(once, f"an answer to {method}")
        self.statuses.append(answer.status_code)
        return answer

    def _client(self) -> httpx.Client:
        pem = (self.ring.home(self.party) / "tls.pem").read_bytes()
        url = f"https://{self.ring.hosts[self.party]}:{self.ring.ports[self.party]}"
        return httpx.Client(base_url=url, verify=pinned_context(pem), trust_env=False, timeout=30)


@dataclass(frozen=True)
class Told:
    """What the helper has said to others, and must stand by: its key for the plan, and receipts."""

    setting: Setting
    key: dict[str, Any]
    receipts: dict[int, bytes]
    sent: dict[int, SealedSubmission]
    deaths: int


def live_through(kit: Kit, ring: Ring, party: int, points: Orders | None, others: list[HelperSeat]) -> Told:
    """Start a helper and lead it from the key for a plan to the close: one submission is replaced, one sent twice."""
    world = kit.world
    ring.start(party, points)
    door = Door(ring, party)
    asked = world.order("plan-key-request", plan=PLAN, roster_digest=world.roster.digest)
    key = door.ask("POST", f"/plans/{PLAN}/keys", asked).json()["signed"]
    seats = list(others)
    seats[party] = HelperSeat(SAID, key["seal_key"], key["sign_key"], key["noise_commitment"])
    plan = small_plan(world.roster, tuple(seats))
    setting = world.setting(plan)
    door.ask("PUT", f"/plans/{PLAN}", world.plan_file(plan))
    receipts, sent = {}, {}
    first = {code: world.submission(setting, code) for code in CODES}
    again = world.submission(setting, CODES[0], 2)
    for sealed in (*first.values(), again, first[CODES[1]]):
        number = sealed.manifest.organization
        where = f"/plans/{PLAN}/submissions/{number}"
        receipts[number] = door.ask("PUT", where, sealed.messages[party]).content
        assert door.ask("GET", f"{where}/receipt").content == receipts[number]
        sent[number] = sealed
    order = world.order("close-order", plan=PLAN, plan_digest=setting.plan_digest)
    door.ask("POST", f"/plans/{PLAN}/close", order)
    assert json.loads(door.ask("GET", f"/plans/{PLAN}").content)["signed"]["plan"] == PLAN
    ring.kill(party)
    assert set(door.statuses) <= {200, 201}, door.statuses
    return Told(setting, key, receipts, sent, door.deaths)
