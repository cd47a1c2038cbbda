"""What a process of sansnom says when something goes wrong that nobody caught: a type and lines of code, never a value (G-10).

Python writes the message of an error to the terminal, and libraries quote in it what they choked on: a name, a date, a row. The
same words come by five ways: an error in the main thread, in another one, in a destructor, a warning, a line of a library's log.
A sixth is the image of memory that a system may keep of a process that died.
"""

import ctypes
import logging
import sys
import threading
import warnings
from contextlib import suppress
from types import TracebackType
from typing import Final, TextIO

from sansnom.terms.errors import told_by_places

PR_SET_DUMPABLE: Final = 4
"""From <linux/prctl.h>."""


def quiet_process() -> None:
    """Take all six ways for this process; before any file is read."""
    sys.excepthook = _of_the_main_thread
    threading.excepthook = _of_another_thread
    sys.unraisablehook = _that_nobody_can_catch
    warnings.showwarning = _warned
    logging.raiseExceptions = False  # a record that cannot be written would be written out with its arguments
    logging.getLogger().addHandler(logging.NullHandler())  # and `lastResort` speaks only where there is no handler
    _leave_no_core()


def _of_the_main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind, trace
    _say(told_by_places(error))


def _of_another_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        _say(told_by_places(told.exc_value))


def _that_nobody_can_catch(told: "sys.UnraisableHookArgs") -> None:
    if told.exc_value is not None:
        _say(told_by_places(told.exc_value))


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say which kind of warning came; its words, and the path of the file that a warning may be about, are left out."""
    del message, filename, file, line
    _say(f"{category.__name__}:{lineno}")


def _say(told: str) -> None:
    """Write one line; whatever is wrong with the terminal, an error here would bring the first one back with its words."""
    with suppress(Exception):
        sys.stderr.write(f"sansnom: {told}\n")
        sys.stderr.flush()


def _leave_no_core() -> None:
    """Ask the system to keep no image of this process's memory, should it die; root may still take one."""
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit, and keeps no such file by itself
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":  # a collector of crashes behind a pipe does not heed the limit
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
