"""Strangers: rates, sizes, slowness; memory stays bounded."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

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

    intake = Intake(Limits(request_seconds=0.01))
    with pytest.raises(InputError, match=r"body\.slow"):
        asyncio.run(intake.between(1, 10, "5", never()))
    assert intake.under_way_bytes == 0


def test_strangers_hold_a_few_kilobytes_each_whatever_they_declare() -> None:
    """Until its head is looked at, a long body has only the room of its head: slow strangers do not fill the intake."""

    async def crowd() -> tuple[int, bytes]:
        intake = Intake(Limits(bodies_bytes_most=10_000, request_seconds=0.2))

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
