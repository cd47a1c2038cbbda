"""Strangers: rates, sizes, slowness; memory stays bounded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from sansnom.helper.crowd import Crowd
from sansnom.helper.limits import REMEMBERED_MOST, Bucket, Head, Intake, Limits
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError


class Seconds:
    """A stopwatch moved by hand."""

    def __init__(self) -> None:
        self.shown = 0.0

    def __call__(self) -> float:
        """Give the seconds shown."""
        return self.shown


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    """Give a body in pieces."""
    for part in parts:
        yield part


def code_of(call: Callable[[], object]) -> str:
    """Give the code of the error that a call raises."""
    with pytest.raises(SansnomError) as wrong:
        call()
    return wrong.value.code


def test_a_name_that_asks_too_often_must_wait_and_is_told_how_long() -> None:
    """After the burst, one request each 1/rate seconds; others are not concerned."""
    watch = Seconds()
    bucket = Bucket(3.0, 0.5, watch)
    for _ in range(3):
        bucket.take("a")
    with pytest.raises(PolicyRefusal) as wrong:
        bucket.take("a")
    assert (wrong.value.code, wrong.value.parameters["seconds"]) == ("rate", 3)
    bucket.take("b")
    watch.shown += 2.0
    bucket.take("a")
    with pytest.raises(PolicyRefusal):
        bucket.take("a")


def test_a_flood_of_addresses_does_not_grow_memory() -> None:
    """Only the names seen last are remembered."""
    bucket = Bucket(1.0, 1.0, Seconds())
    for number in range(REMEMBERED_MOST + 500):
        bucket.take(str(number))
    assert len(bucket) == REMEMBERED_MOST


def test_a_body_is_refused_by_its_declared_length_before_a_byte_is_read() -> None:
    """Too long, too short, none, or nonsense: the stream is not touched."""
    touched: list[str] = []

    async def untouched() -> AsyncIterator[bytes]:
        touched.append("read")
        yield b""

    intake = Intake(Limits())
    for declared, code in (
        (None, "body.length"),
        ("x", "body.length"),
        ("-1", "body.length"),
        ("9" * 13, "body.length"),
        ("11", "body.size"),
        ("4", "body.size"),
    ):
        assert code_of(lambda d=declared: asyncio.run(intake.between(5, 10, d, untouched()))) == code  # type: ignore[misc]  # a default argument binds the loop's value
    assert not touched


def test_a_body_longer_or_shorter_than_declared_is_refused_as_it_comes() -> None:
    """The declared length is held to, and the promise of memory is given back."""
    intake = Intake(Limits())
    assert asyncio.run(intake.between(1, 10, "6", pieces(b"abc", b"def"))) == b"abcdef"
    pulled: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1000):
            pulled.append(number)
            yield b"abcd"

    assert code_of(lambda: asyncio.run(intake.between(1, 10, "6", endless()))) == "body.size"
    assert pulled == [0, 1]
    for parts in ((b"abc", b"defg"), (b"abc",)):
        assert code_of(lambda p=parts: asyncio.run(intake.between(1, 10, "6", pieces(*p)))) == "body.size"  # type: ignore[misc]  # as above
    assert intake.under_way_bytes == 0


def test_bodies_under_way_together_stay_below_one_bound() -> None:
    """While two bodies fill the room, a third is told to come back; then there is room again."""

    async def three() -> tuple[bytes, str]:
        intake = Intake(Limits(bodies_bytes_most=10))
        go = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            await go.wait()
            yield b"12345"

        first = asyncio.create_task(intake.between(1, 10, "5", slow()))
        second = asyncio.create_task(intake.between(1, 10, "5", slow()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(PolicyRefusal) as wrong:
            await intake.between(1, 10, "1", pieces(b"1"))
        go.set()
        await asyncio.gather(first, second)
        return await intake.between(1, 10, "1", pieces(b"1")), wrong.value.code

    assert asyncio.run(three()) == (b"1", "busy")


def test_a_body_that_comes_too_slowly_is_given_up() -> None:
    """A client that sends nothing holds its room for a bounded time only."""

    async def never() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    intake = Intake(Limits(head_seconds=0.01))
    with pytest.raises(InputError, match=r"body\.slow"):
        asyncio.run(intake.between(1, 10, "5", never()))
    assert intake.under_way_bytes == 0


def test_strangers_hold_a_few_kilobytes_each_whatever_they_declare() -> None:
    """Until its head is looked at, a long body has only the room of its head: slow strangers do not fill the intake."""

    async def crowd() -> tuple[int, bytes]:
        intake = Intake(Limits(bodies_bytes_most=10_000, head_seconds=0.2))

        async def look(_: bytes) -> None:
            await asyncio.Event().wait()

        async def slow() -> AsyncIterator[bytes]:
            yield b"x" * 10
            await asyncio.Event().wait()

        strangers = [asyncio.create_task(intake.between(1, 9_000, "9000", slow(), Head(100, look))) for _ in range(10)]
        await asyncio.sleep(0.01)
        held = intake.under_way_bytes
        honest = await intake.between(1, 9_000, "9000", pieces(b"y" * 9_000), Head(100, _allow))
        for stranger in strangers:
            stranger.cancel()
        await asyncio.gather(*strangers, return_exceptions=True)
        assert intake.under_way_bytes == 0
        return held, honest

    assert asyncio.run(crowd()) == (1_000, b"y" * 9_000)


def test_a_head_that_is_refused_ends_the_body() -> None:
    """What looks at the beginning can refuse the rest: it is not received, and the room is given back."""
    pulled: list[int] = []
    seen: list[bytes] = []

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(100):
            pulled.append(number)
            yield b"abcd"

    async def refuse(head: bytes) -> None:
        seen.append(head)
        raise PolicyRefusal("signature.wrong")

    intake = Intake(Limits())
    assert code_of(lambda: asyncio.run(intake.between(1, 400, "400", chunks(), Head(6, refuse)))) == "signature.wrong"
    assert (pulled, seen, intake.under_way_bytes) == ([0, 1], [b"abcdab"], 0)


def test_a_body_shorter_than_its_head_is_looked_at_whole() -> None:
    """A message of a few bytes is looked at too."""
    seen: list[bytes] = []

    async def look(head: bytes) -> None:
        seen.append(head)

    body = asyncio.run(Intake(Limits()).between(1, 400, "6", pieces(b"abc", b"def"), Head(100, look)))
    assert (body, seen) == (b"abcdef", [b"abcdef"])


async def _allow(_: bytes) -> None:
    """Let the rest come."""


class Moving:
    """A body whose pieces come when the test says so; the loop's clock is moved by hand, so nothing waits."""

    def __init__(self, *parts: tuple[float, bytes]) -> None:
        self.parts = parts

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the pieces, each after its seconds."""
        for seconds, part in self.parts:
            await asyncio.sleep(seconds)
            yield part


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop whose hours pass at once: when nothing is ready, its clock goes to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0

    def time(self) -> float:
        """Give the seconds, those skipped included."""
        return super().time() + self._ahead

    def call_at(self, when: float, *rest: Any, **named: Any) -> asyncio.TimerHandle:  # type: ignore[override]  # handed on as they are
        """Set a timer, and go there as soon as everything before it is done."""
        handle = super().call_at(when, *rest, **named)
        self.call_soon(self._skip, 50)
        return handle

    def _skip(self, turns: int) -> None:
        """Let what is ready come first, for some turns; then move the clock to the earliest timer."""
        if turns:
            self.call_soon(self._skip, turns - 1)
            return
        waiting = [handle.when() for handle in self._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]  # the loop has no public list of timers
        if waiting:
            self._ahead += max(0.0, min(waiting) - self.time())


def quickly(work: Coroutine[Any, Any, bytes]) -> bytes:
    """Run to the end on a loop whose hours pass at once."""
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        return runner.run(work)


@pytest.mark.guarantee("G-08")
def test_who_has_signed_nothing_is_given_up_after_seconds_and_who_has_may_be_slow() -> None:
    """Before its head is known a body has ten seconds; afterwards minutes, as long as its pieces keep coming."""
    limits = Limits()
    loris = Moving(*[(5.0, b"x")] * 40)
    assert (
        code_of(lambda: quickly(Intake(limits).between(1, 400, "400", loris.chunks(), Head(100, _allow))))
        == "body.slow"
    )
    desk = Moving((1.0, b"y" * 100), *[(15.0, b"y" * 100)] * 4)
    body = quickly(Intake(limits).between(1, 500, "500", desk.chunks(), Head(100, _allow)))
    assert body == b"y" * 500


@pytest.mark.guarantee("G-08")
def test_a_desk_whose_body_stands_still_or_crawls_is_given_up() -> None:
    """Twenty seconds without a piece, or more than a minute beyond the slowest line in all: the room goes to others."""
    intake = Intake(Limits())
    still = Moving((1.0, b"y" * 100), (21.0, b"y" * 400))
    assert code_of(lambda: quickly(intake.between(1, 500, "500", still.chunks(), Head(100, _allow)))) == "body.slow"
    crawl = Moving((1.0, b"y" * 100), *[(15.0, b"y" * 100)] * 5)
    assert code_of(lambda: quickly(intake.between(1, 600, "600", crawl.chunks(), Head(100, _allow)))) == "body.slow"
    assert intake.under_way_bytes == 0


@pytest.mark.guarantee("G-08")
def test_one_desk_has_two_bodies_under_way_at_most() -> None:
    """A roster member that begins many submissions and ends none holds two rooms; another organization is not concerned."""

    async def crowd() -> tuple[int, list[str]]:
        intake = Intake(Limits(head_seconds=30.0))
        go = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield b"y" * 100
            await go.wait()
            yield b"y" * 400

        tasks = [
            asyncio.create_task(intake.between(1, 500, "500", slow(), Head(100, _allow, whose)))
            for whose in ("plan 1", "plan 1", "plan 1", "plan 2")
        ]
        for _ in range(20):
            await asyncio.sleep(0)
        held = intake.under_way_bytes
        go.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        again = await intake.between(1, 500, "500", pieces(b"y" * 500), Head(100, _allow, "plan 1"))
        assert again == b"y" * 500
        return held, [getattr(one, "code", "whole") for one in ended]

    assert asyncio.run(crowd()) == (1500, ["whole", "whole", "busy", "whole"])


def test_a_full_crowd_gives_way_fairly() -> None:
    """The busiest address loses its oldest stranger; the trusted stay; when all are trusted the newcomer goes."""
    crowd: Crowd[str] = Crowd(3)
    assert [crowd.enter(guest, guest[0]) for guest in ("a1", "b1", "b2")] == [None, None, None]
    assert crowd.enter("c1", "c") == "b1"
    assert crowd.enter("d1", "d") == "a1"  # all alike: the oldest
    for guest in ("b2", "c1", "d1"):
        crowd.trust(guest)
    assert crowd.enter("e1", "e") == "e1"
    assert ("e1" in crowd, len(crowd)) == (False, 3)
    crowd.distrust("c1")
    assert crowd.enter("e1", "e") == "c1"
    for guest in ("b2", "c1", "d1", "e1"):
        crowd.leave(guest)
    assert len(crowd) == 0
