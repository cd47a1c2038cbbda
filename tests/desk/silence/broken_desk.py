"""A desk served by a real process in which everything goes wrong that can, with names in each error.

    python -X dev -m tests.desk.silence.broken_desk FOLDER PORT

serves as `sansnom desk` does; asking for /help/keys/ then fails in each way in which Python or a library writes to the terminal.
"""

import asyncio
import logging
import sys
import threading
import warnings
from typing import Any

CRASH = "Anastasiya Crashtest-Ünlüoğlu"


class _Unraisable:
    def __del__(self) -> None:
        raise ValueError(CRASH)


def _in_a_thread() -> None:
    raise ValueError(CRASH)


def _everything(*_: object, **__: object) -> Any:
    thread = threading.Thread(target=_in_a_thread)
    thread.start()
    thread.join()
    _Unraisable()
    warnings.warn(f"Cell A1 is marked as a date but holds {CRASH}", stacklevel=1)
    logging.getLogger("openpyxl").error("%d rows of %s", CRASH, CRASH)
    logging.getLogger("django.request").error("broken: %s", CRASH, exc_info=ValueError(CRASH))
    logging.getLogger("uvicorn.error").critical(CRASH, stack_info=True)
    raise ValueError(CRASH) from KeyError(CRASH)


def _page_of_errors(*_: object, **__: object) -> Any:
    raise UnicodeDecodeError("utf-8", CRASH.encode(), 0, 1, CRASH)


async def _task() -> None:
    raise ValueError(CRASH)


def serve(folder: str, port: str) -> int:
    """Serve, with a view, a task of the loop and the page of errors broken."""
    from sansnom.cli.main import main
    from sansnom.desk.house import asgi

    whole = asgi.make_application

    def broken() -> Any:
        application = whole()
        from sansnom.desk.house import errors, views

        vars(views)["render"] = _everything
        vars(errors)["broken"] = _page_of_errors

        async def asked(scope: Any, receive: Any, send: Any) -> None:
            lost = asyncio.get_running_loop().create_task(_task())
            await asyncio.sleep(0)
            del lost
            await application(scope, receive, send)

        return asked

    asgi.make_application = broken
    sys.argv = ["sansnom", "desk", "--no-browser", "--folder", folder, "--port", port]
    return main()


if __name__ == "__main__":
    sys.exit(serve(*sys.argv[1:3]))
