"""Hostile input to every parser: a value that reads back alike, or an error of the right tree. What broke one is kept."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.terms.errors import InputError, PeerError
from tests.fuzz.judging import MEMORY_BYTES_MOST, Unfit, judge, judge_within_memory
from tests.fuzz.shapes import CANARY
from tests.fuzz.targets import TARGETS, Target

NEVER_READ = {
    "close-order": "an order for this very plan would close it",
    "consistency": "a proof that holds is not found by chance",
    "envelope": "nobody holds the key that is asked for",
    "inclusion": "as a proof of consistency",
    "refusal-of-a-helper": "what is read is an error",
}
"""Targets whose hostile input is never read whole, and why that is as it should be."""
KEPT = Path(__file__).parent / "kept"
FOUND = sorted(path for path in KEPT.glob("*/*") if path.is_file())


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_is_read_or_refused_by_name(name: str) -> None:
    """Good input changed in a few places, and bytes out of nothing: never another error, never a quotation.

    The same inputs each time: new ones are for `make fuzz`, whose finds are kept.
    """
    target = TARGETS[name]

    @settings(derandomize=True)
    @given(seed=st.integers(0, 2**32 - 1))
    def changed(seed: int) -> None:
        judge(target, target.change(random.Random(seed)))

    @settings(derandomize=True)
    @given(content=st.binary(max_size=64))
    def from_nothing(content: bytes) -> None:
        judge(target, content)

    changed()
    from_nothing()


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_parser_is_refused(path: Path) -> None:
    """Each is a file of its own, named after what it did; none takes much memory."""
    assert judge_within_memory(TARGETS[path.parent.name], path.read_bytes()) != "read"


def test_the_judge_sees_what_it_looks_for() -> None:
    """The control: a parser that quotes, one that raises what is not ours, and one that does not read what it writes."""
    good = TARGETS["incident"]

    def quotes(content: bytes) -> None:
        raise InputError("json.type", where=CANARY + str(len(content)))

    def breaks(content: bytes) -> None:
        raise KeyError(content)

    with pytest.raises(Unfit, match="quotes"):
        judge(replace(good, parse=quotes), b"")
    with pytest.raises(KeyError):
        judge(replace(good, parse=breaks), b"")
    with pytest.raises(Unfit, match="blames"):
        judge(replace(good, errors=(PeerError,)), b"{}")
    with pytest.raises(Unfit, match="not what is written"):
        judge(Target("counting", good.change, len, again=lambda found: bytes(found + 1)), b"ab")
    with pytest.raises(Unfit, match="took"):
        judge_within_memory(Target("hungry", good.change, lambda _: bytes(MEMORY_BYTES_MOST + 1_000)), b"")


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in NEVER_READ])
def test_a_target_reads_some_of_what_it_gets(name: str) -> None:
    """An attack that is refused at the first byte attacks nothing: one of two hundred changed inputs is read whole."""
    target = TARGETS[name]
    assert any(judge(target, target.change(random.Random(seed))) == "read" for seed in range(200))
