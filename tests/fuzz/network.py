"""Parsers that meet the network: what helpers and desks send one another."""

import json
import random
from functools import cache
from typing import Any, Final

import numpy as np

from sansnom.compute.steps import expect_like
from sansnom.desk.lines import HelperLine
from sansnom.desk.questions.believing import check_plan_key
from sansnom.exchange.keeper import KIND as LETTER
from sansnom.exchange.keeper import read_letter, write_letter
from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.receipt import read_receipt, write_receipt
from sansnom.exchange.submission import open_submission
from sansnom.exchange.verdict import read_verdict, write_verdict
from sansnom.exchange.wire import frame, read_manifest, read_submission
from sansnom.helper.app import language_of
from sansnom.helper.frames import FrameReader, FrameWriter, make_hello, open_hello
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES
from sansnom.transparency.signature import verify_object
from tests.exchange import examples
from tests.fuzz.good import (
    WRONG,
    Change,
    Target,
    from_json,
    plain,
    resigned,
    sealed,
    setting,
    signer_of,
    tree,
    world,
)
from tests.fuzz.shapes import CANARY
from tests.helper.test_peers_on_the_wire import KEY, Wire, sealing
from tests.helper.world import PLAN


@cache
def _opener() -> Any:
    means = world().seats[1].means
    kept = means.store.plan_key(PLAN)
    assert kept is not None
    assert kept.seal_private is not None
    return PrivateKeys(means.identity.keys.sign_seed, kept.seal_private).sealing


def _manifest_told() -> Any:
    return sealed().manifest.to_json()


def _plan_told() -> Any:
    return setting().plan.to_json()


def _manifest(chance: random.Random) -> bytes:
    """Sign a changed manifest as its desk, and put it before the part."""
    signed = resigned("submission", _manifest_told, "aube")(chance)
    return frame(signed, sealed().messages[1][-200:])


def _orders(kind: str) -> Change:
    def told() -> Any:
        digest = world().roster.digest
        named = (
            {"plan": PLAN, "roster_digest": digest}
            if kind == "plan-key-request"
            else {"plan": PLAN, "plan_digest": "00" * 32}
        )
        return {"schema": f"sansnom/{kind}/1", **named}

    return resigned(kind, told, "convener")


def _plan_key(party: int) -> Any:
    reception = world().seats[party].reception
    return json.loads(reception.plan_key(PLAN))["signed"]


def _verdict() -> Any:
    manifest = sealed().manifest
    size = -(-manifest.rows // 8)
    return write_verdict((bytes(size), bytes(size)), manifest, setting(), 1, signer_of("helper1"))


def _read_verdict(told: Any) -> Any:
    return read_verdict(told, sealed().manifest, setting(), 1, examples.keys_of("aube").sealing)


def _letter() -> Any:
    return write_letter(examples.group_secret(), world().roster, "brise", examples.keys_of("brise").signing)["signed"]


def _read_letter(told: Any) -> Any:
    roster = world().roster
    return read_letter(told, roster, roster.organization("aube"), examples.keys_of("aube").sealing)


def _refused(told: Any) -> None:
    raise HelperLine(world().roster.helpers[1], PARTIES[1])._refusal(told)


@cache
def _frames() -> bytes:
    wire = Wire()
    FrameWriter(wire, KEY, PARTIES[0], PARTIES[1]).send((np.arange(40, dtype=np.uint8),), 1)
    return b"".join(map(bytes, wire.frames))


def _receive(content: bytes) -> Any:
    wire = Wire()
    wire.write(memoryview(bytearray(content)))
    reader = FrameReader(wire, KEY, PARTIES[0], PARTIES[1])
    return reader.receive((expect_like(np.arange(40, dtype=np.uint8)),), 1)


@cache
def _hello() -> bytes:
    return make_hello(PARTIES[0], PARTIES[1], bytes(32), sealing(1).public_key(), b"").message


NETWORK: Final = (
    Target("submission", plain(lambda: sealed().messages[1]), lambda b: read_submission(b, setting(), 1)),
    Target(
        "submission-opened",
        plain(lambda: sealed().messages[1]),
        lambda b: open_submission(b, setting(), 1, _opener()),
    ),
    Target("manifest", _manifest, lambda b: read_manifest(b, setting())),
    Target(
        "plan-taken",
        resigned("plan", _plan_told, "convener"),
        lambda b: world().seats[0].reception.take_plan(PLAN, b),
    ),
    Target(
        "plan-key-request", _orders("plan-key-request"), lambda b: world().seats[0].reception.make_plan_key(PLAN, b)
    ),
    Target("close-order", _orders("close-order"), lambda b: world().seats[0].reception.close(PLAN, b)),
    Target(
        "envelope",
        tree(lambda: world().roster_file),
        from_json(lambda told: verify_object("roster", told, [CANARY], 1)),
    ),
    Target("accepted-languages", plain(lambda: b"fr-CA, en;q=0.5, *;q=0"), lambda b: language_of(b.decode("latin-1"))),
    Target("frames", plain(_frames), _receive, (PeerError,)),
    Target("hello", plain(_hello), lambda b: open_hello(b, PARTIES[0], PARTIES[1], sealing(1), b""), (PeerError,)),
    Target(
        "receipt",
        resigned(
            "receipt",
            lambda: write_receipt(sealed().manifest, setting(), 1, "2026-04-02T12Z", signer_of("helper1"))["signed"],
            "helper1",
        ),
        from_json(lambda told: read_receipt(told, sealed().manifest, setting(), 1)),
    ),
    Target("verdict", resigned("verdict", lambda: _verdict()["signed"], "helper1"), from_json(_read_verdict)),
    Target("verdict-raw", tree(_verdict), from_json(_read_verdict)),
    Target("letter", resigned(LETTER, _letter, "brise"), from_json(_read_letter), tells="the year that it is for"),
    Target(
        "plan-key",
        resigned("plan-key", lambda: _plan_key(1), "helper1"),
        from_json(lambda told: check_plan_key(told, setting().plan, world().roster, 1)),
        (*WRONG, PeerError),
    ),
    Target(
        "refusal-of-a-helper",
        tree(
            lambda: {
                "code": "submission.closed",
                "parameters": {"seconds": 3, "names": ["a"]},
                "findings": [{"code": "a", "where": "b"}],
            }
        ),
        from_json(_refused),
        (*WRONG, PeerError),
        tells="a helper's own words, which fill its sentence at the desk",
    ),
)
