"""The other points of a helper: each message that leaves it, to a peer or to whoever came to the door."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sansnom.helper import neighbours, peers, serve
from tests.death.points import DOOR, FRAME, Points


def install_messages(points: Points) -> None:
    """Make each frame to a peer, each question to a peer, and each part of an answer a point, reached before it leaves."""
    _before(neighbours.Neighbours, "connect", lambda: points.begin(FRAME))
    _before(peers.TlsPipe, "write", lambda: points.reach(FRAME, "frame"))
    _before(neighbours.Neighbours, "_get", lambda: points.reach(DOOR, "question"))
    build: Callable[..., ASGIApp] = vars(serve)["build_app"]

    def counted(*given: object) -> ASGIApp:
        return _answering(build(*given), points)

    vars(serve)["build_app"] = counted


def _before(owner: type, name: str, first: Callable[[], object]) -> None:
    whole: Callable[..., object] = getattr(owner, name)

    def act(self: object, *given: object) -> object:
        first()
        return whole(self, *given)

    setattr(owner, name, act)


def _answering(app: ASGIApp, points: Points) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def received() -> Message:
            message = await receive()
            points.reach(DOOR, f"received {message['type']}")
            return message

        async def sent(message: Message) -> None:
            points.reach(DOOR, f"answer {message['type']}")
            await send(message)

        await app(scope, received, sent)

    return answer
