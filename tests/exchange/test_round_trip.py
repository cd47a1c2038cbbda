"""From a desk's records to its verdict, through three helpers in memory: what is encoded is what the checks accept."""

from dataclasses import replace

import numpy as np

from sansnom.compute.simulate import run_three, seat_three
from sansnom.compute.validity import check_submissions
from sansnom.exchange.rows import PlainRows, put_field
from sansnom.exchange.shares import shares_of
from sansnom.exchange.submission import build_submission, open_submission
from sansnom.exchange.verdict import cut_verdicts, join_verdicts, read_verdict, rows_not_accepted, write_verdict
from sansnom.terms.schema import Field
from tests.exchange.examples import keys_of, opener, roster, seeded, setting
from tests.exchange.test_shares import rows_of

SERVED = {"aube": 3, "brise": 0, "cap": 50}


def _verdicts(rows: dict[str, PlainRows]) -> dict[str, int]:
    """Send these rows through split, seal, open, check on shares, seal, open: how many rows each desk sees turned down."""
    where, layout = setting(), setting().layout
    built = {
        code: build_submission(plain, where, roster().organization(code), keys_of(code), seeded(code))
        for code, plain in rows.items()
    }
    manifests = [b.manifest for b in built.values()]
    parties = seat_three(b"round trip")
    shares = [
        shares_of(
            layout, manifests, (open_submission(b.messages[p], where, p, opener(p).sealing) for b in built.values())
        )
        for p in range(3)
    ]
    zero, one, two = (check_submissions(parties[p], shares[p], layout) for p in range(3))
    checked = run_three((zero, one, two))
    sizes = [m.rows for m in manifests]
    cut = [cut_verdicts(checked[p].rows.pair, sizes) for p in range(3)]
    turned_down = {}
    for place, (code, submission) in enumerate(built.items()):
        manifest, replies = submission.manifest, {}
        for p in range(3):
            reply = write_verdict(cut[p][place], manifest, where, p, opener(p).signing)
            replies[p] = read_verdict(reply, manifest, where, p, keys_of(code).sealing)
        turned_down[code] = rows_not_accepted(join_verdicts(replies, manifest.rows), SERVED[code])
    return turned_down


def test_every_row_that_we_encode_is_accepted_on_shares() -> None:
    """Rows with everything, rows with little, fifty others and an abstention: no check turns one of ours down."""
    assert _verdicts({code: rows_of(code) for code in SERVED}) == {"aube": 0, "brise": 0, "cap": 0}


def test_a_row_beyond_its_bounds_is_turned_down_and_only_its_desk_learns_it() -> None:
    """A desk that writes a code past the end of a list sees one row turned down; the others see none."""
    field = setting().layout.field("dimension.region")
    honest = rows_of("aube")
    forged = PlainRows(honest.keys, honest.payload.copy(), honest.tallies)
    beyond: Field = replace(field, largest=2**field.bits - 1)
    put_field(forged, beyond, np.array([beyond.largest], dtype=np.int64))
    rows = {"aube": forged, "brise": rows_of("brise"), "cap": rows_of("cap")}
    assert _verdicts(rows) == {"aube": 1, "brise": 0, "cap": 0}
