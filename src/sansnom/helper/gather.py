"""From sealed submissions on disk to one helper's shares of all rows, side by side; in memory only."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Stream
from sansnom.compute.share import Words
from sansnom.compute.submitted import SubmittedShares
from sansnom.exchange.keys import PrivateKeys
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import OpenedSubmission, open_submission
from sansnom.exchange.wire import Manifest
from sansnom.release.account import noise_scales
from sansnom.release.noise import WORDS_PER_CELL, noise_share
from sansnom.terms.errors import BrokenInvariant, InputError, PolicyRefusal


def gather_shares(
    setting: Setting, party: int, keys: PrivateKeys, members: Sequence[tuple[int, str]], body: Callable[[int], bytes]
) -> tuple[SubmittedShares, list[Manifest]]:
    """Open the submissions of the agreed set, by roster number, and lay their columns side by side.

    Pre:  each was opened and checked when it was accepted, and again before it was agreed on; `body` gives the bytes kept.
    Raises PolicyRefusal `run.damaged` when what was kept is not what was agreed on: no other attempt can cure it.
    """
    layout = setting.layout
    sizes = [setting.organization(number).size_class for number, _ in members]
    rows = sum(sizes)
    match_keys = np.empty((len(layout.keys), rows, 2), dtype=np.uint64)
    payload = np.empty((layout.words, rows, 2), dtype=np.uint64)
    tallies = np.empty((len(layout.tallies), len(members), 2), dtype=np.uint32)
    manifests: list[Manifest] = []
    start = 0
    for place, ((number, digest), size) in enumerate(zip(members, sizes, strict=True)):
        opened = _intact(number, digest, setting, party, keys, body)
        if opened is None:
            raise PolicyRefusal("run.damaged", organization=number)
        stretch = slice(start, start + size)
        for side, component in enumerate(_components(opened)):
            key_part, word_part, tally_part = _columns(component, size, len(layout.keys), layout.words)
            match_keys[:, stretch, side] = key_part
            payload[:, stretch, side] = word_part
            tallies[:, place, side] = tally_part
        manifests.append(opened.manifest)
        start += size
    numbers = np.repeat(np.array([number for number, _ in members], dtype=np.uint16), sizes)
    return SubmittedShares(Words(match_keys), Words(payload), Words(tallies), numbers), manifests


def whole_ones(
    setting: Setting, party: int, keys: PrivateKeys, held: Mapping[int, str], body: Callable[[int], bytes]
) -> dict[int, str]:
    """Give those of the held submissions that still open to what their desks signed: a disk may have changed a byte since."""
    return {n: digest for n, digest in held.items() if _intact(n, digest, setting, party, keys, body) is not None}


def _intact(
    number: int, digest: str, setting: Setting, party: int, keys: PrivateKeys, body: Callable[[int], bytes]
) -> OpenedSubmission | None:
    """Open one submission; None when it is not what was accepted any more."""
    try:
        opened = open_submission(body(number), setting, party, keys.sealing)
    except (PolicyRefusal, InputError, BrokenInvariant):
        return None
    return opened if opened.manifest.digest == digest and opened.manifest.organization == number else None


def _components(opened: OpenedSubmission) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return opened.first, opened.second


def _columns(
    component: NDArray[np.uint8], rows: int, keys: int, words: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint32]]:
    """Cut a component into its key columns, payload columns and tallies (all little-endian)."""
    whole = (keys + words) * rows * 8
    columns = component[:whole].view("<u8").reshape(keys + words, rows)
    return columns[:keys], columns[keys:], component[whole:].view("<u4")


def draw_noise(setting: Setting, noise_key: bytes) -> NDArray[np.int64]:
    """Draw this helper's noise for all cells: the same key gives the same noise, cell by cell."""
    scales = noise_scales(setting.plan, setting.dictionary)
    shape = (sum(scale.cells for scale in scales), WORDS_PER_CELL[setting.plan.noise])
    words = Stream(noise_key, "common").words(shape, np.uint64)
    return noise_share(words, scales)
