"""Serving the desk: on this machine alone, or under a host name with TLS. No log, no trace of who asked for what."""

import asyncio
import os
import socket
import threading
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sansnom.desk.house.places import FOLDER_VARIABLE, HOST_VARIABLE, desk_folder
from sansnom.terms.errors import InputError

PORT: Final = 8322
LOOPBACK: Final = "127.0.0.1"
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Offer:
    """Where the desk answers. Other machines only under a host name, with its certificate."""

    port: int = PORT
    host_name: str | None = None
    certificate: Path | None = None
    private_key: Path | None = None

    def check(self) -> None:
        """Refuse other machines without TLS."""
        elsewhere = self.host_name is not None and self.host_name not in LOCAL_NAMES
        if elsewhere and (self.certificate is None or self.private_key is None):
            raise InputError("desk.no_tls", where="--certificate, --private-key")
        if not elsewhere and (self.certificate or self.private_key):
            raise InputError("desk.no_host", where="--host")
        for path in (self.certificate, self.private_key):
            if path is not None and not path.is_file():
                raise InputError("desk.no_file", where=path.name)

    @property
    def url(self) -> str:
        """Give the address that a browser opens."""
        if self.host_name is None or self.host_name in LOCAL_NAMES:
            return f"http://localhost:{self.port}/"
        return f"https://{self.host_name}:{self.port}/"


def serve(folder: Path | None, offer: Offer, *, open_browser: bool) -> None:
    """Serve until interrupted."""
    import uvicorn  # noqa: PLC0415 - only when served

    offer.check()
    if folder is not None:
        os.environ[FOLDER_VARIABLE] = str(folder.resolve())
    if offer.certificate is not None and offer.host_name is not None:
        os.environ[HOST_VARIABLE] = offer.host_name
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sansnom.desk.house.settings")
    desk_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_a_taken_port(offer)
    from sansnom.desk.house.asgi import make_application  # noqa: PLC0415 - after the environment is set

    config = uvicorn.Config(
        make_application(),
        host=LOOPBACK if offer.certificate is None else "0.0.0.0",  # noqa: S104 - only with TLS and a host name
        port=offer.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=30,
        ssl_certfile=str(offer.certificate) if offer.certificate else None,
        ssl_keyfile=str(offer.private_key) if offer.private_key else None,
    )
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(offer,), daemon=True).start()
    asyncio.run(uvicorn.Server(config).serve())


def _refuse_a_taken_port(offer: Offer) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, offer.port)) == 0:
            raise InputError("desk.port_taken", port=offer.port)


def _open_when_ready(offer: Offer) -> None:
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, offer.port)) == 0:
                webbrowser.open(offer.url)
                return
        time.sleep(0.1)
