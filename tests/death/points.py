"""Die, or fail, at one chosen write or message: counted points in a real process, which production code knows nothing of.

A process that a test starts calls `install` before the product does anything. From then on each durable step under the given
folders, and each message that leaves, is a point, in the order in which it is reached:

    create, write, truncate, remove      what SQLite asks of the system, through its own list of system calls
    open, put, flush, rename, link, ...  what Python writes: files of the board, keys, the log
    frame, question, answer              what leaves for a peer, or for whoever came to the door

A recording run lists them; then one run for each of them dies there by SIGKILL. Every write is two points: nothing of it, and
half of it. Between two points nothing happens that a disk or another party could see, so that no other instant is different.

A process that writes alone may also live on and have its folder copied at each point: SIGKILL leaves just those bytes, since
nothing of a process runs after it and the system keeps what was written. One life then stands for hundreds of deaths.
"""

import ctypes
import errno
import importlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

WRITE: Final = "write"
FRAME: Final = "frame"
DOOR: Final = "door"
KILL: Final = "kill"
COPY: Final = "copy"
FULL: Final = "full"
READ_ONLY: Final = "read-only"
BROKEN: Final = "broken"
_MAKES_ROOM: Final = ("remove", "unlink", "rmdir", "truncate")
_ERRORS: Final = {FULL: errno.ENOSPC, READ_ONLY: errno.EROFS, BROKEN: errno.EIO}


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is to do at its points.

    roots   folders whose writes count
    record  a file to which each point's name is added; none: nothing is recorded
    kind    which points are counted: `write`, `frame` (numbered anew in each attempt), `door`
    named   only points whose names contain this are counted; none: all of the kind
    at      the number of the point at which something happens, from 1; 0: never
    act     `kill` there; or from there on every write fails: `full`, `read-only`, `broken` (input/output error);
            or from there on the first folder is copied at every point: `copy`
    until   the first point at which writing works again, or nothing is copied any more; 0: never
    into    where copies go, each a folder named by its point, and beside it (`.note`) what `note` said at that instant
    note    a file in which whoever drives this process says what it has been answered
    slow    milliseconds that each frame to a peer is late
    cipher  whether SQLCipher's writes (the desk's file) count as well
    """

    roots: tuple[str, ...]
    record: str = ""
    kind: str = WRITE
    named: str = ""
    at: int = 0
    act: str = KILL
    until: int = 0
    into: str = ""
    note: str = ""
    slow: int = 0
    cipher: bool = False


class Points:
    """Counts points; several threads may reach them."""

    def __init__(self, orders: Orders) -> None:
        """Take the orders; the file for the record is opened at once, with the unpatched call."""
        self._orders = orders
        self._roots = tuple(os.path.realpath(root) + os.sep for root in orders.roots)
        self._lock = threading.RLock()
        self._reached = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._record = os.open(orders.record, flags, 0o600) if orders.record else None

    def covers(self, path: str | bytes | int) -> bool:
        """Say whether a path, or what a descriptor stands for, lies in one of the folders."""
        try:
            name = (
                str(Path(f"/proc/self/fd/{path}").readlink())
                if isinstance(path, int)
                else os.path.realpath(os.fsdecode(path))
            )
        except OSError:
            return False
        return f"{name}{os.sep}".startswith(self._roots)

    def begin(self, kind: str) -> None:
        """Count points of this kind from 1 again."""
        with self._lock:
            if kind == self._orders.kind:
                self._reached = 0

    def reach(self, kind: str, name: str, before: Callable[[], object] | None = None) -> int:
        """Count one point; die here if it is the one, after `before`. Give the error with which a write must fail, or 0."""
        with self._lock:
            if kind == FRAME and self._orders.slow:
                time.sleep(self._orders.slow / 1000)
            if kind != self._orders.kind or self._orders.named not in name:
                return 0
            self._reached += 1
            if self._record is not None:
                os.write(self._record, f"{name}\n".encode())
            due, orders = self._orders.at and self._reached >= self._orders.at, self._orders
            if not due or (orders.until and self._reached >= orders.until):
                return 0
            if orders.act == COPY:
                self._copy(before)
                return 0
            if orders.act != KILL:
                return _ERRORS[orders.act]
            if self._reached == orders.at:
                if before is not None:
                    before()
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(3600.0)  # the signal has ended us before
            return 0

    def _copy(self, before: Callable[[], object] | None) -> None:
        """Copy what a death at this point would leave, after `before`; the caller goes on with the whole write."""
        if before is not None:
            before()
        place = Path(self._orders.into) / f"{self._reached:06d}"
        shutil.copytree(self._roots[0], place.with_suffix(".part"))
        shutil.copy(self._orders.note, place.with_suffix(".note"))
        place.with_suffix(".part").rename(place)

    def write(self, name: str, path: str | bytes | int, half: Callable[[], object] | None = None) -> int:
        """Reach the one or two points of a write: nothing of it done, then half of it. Give the error that it must fail with."""
        label = f"{name} {_shown(path)}"
        wrong = self.reach(WRITE, label)
        if wrong == errno.ENOSPC and name in _MAKES_ROOM:
            return 0
        if half is None or wrong:
            return wrong
        return self.reach(WRITE, f"{label}, half", half)


def _shown(path: str | bytes | int) -> str:
    return (Path(f"/proc/self/fd/{path}").readlink() if isinstance(path, int) else Path(os.fsdecode(path))).name


def install(orders: Orders) -> Points:
    """Make this process reach points from now on: files and SQLite. Messages: `tests.death.messages`."""
    points = Points(orders)
    _install_files(points)
    _install_sqlite(points, sqlite_library("_sqlite3"))
    if orders.cipher:
        _install_sqlite(points, sqlite_library("sqlcipher3._sqlite3"))
    return points


# ----------------------------------------------------------------------------------------------------------------- files


class _Halving:
    """A file opened for writing, each of whose writes is two points."""

    def __init__(self, file: Any, points: Points) -> None:
        self._file, self._points = file, points

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: Any) -> int:
        done = 0

        def half() -> None:
            nonlocal done
            done = int(self._file.write(content[: len(content) // 2]))
            self._file.flush()

        _fail(self._points.write("put", self._file.fileno(), half))
        return done + int(self._file.write(content[done:]))


def _fail(number: int) -> None:
    if number:
        raise OSError(number, os.strerror(number))


def _install_files(points: Points) -> None:
    whole: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in ("open", "fdopen", "fsync")}
    made = os.O_CREAT | os.O_WRONLY | os.O_RDWR | os.O_TRUNC

    def open_(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & made and not isinstance(path, int) and points.covers(path):
            _fail(points.write("open", path))
        return int(whole["open"](path, flags, *rest, **named))

    def fdopen(descriptor: int, mode: str = "r", *rest: Any, **named: Any) -> Any:
        file = whole["fdopen"](descriptor, mode, *rest, **named)
        return _Halving(file, points) if set(mode) & set("wax+") and points.covers(descriptor) else file

    def fsync(descriptor: int) -> None:
        if points.covers(descriptor):
            _fail(points.write("flush", descriptor))
        whole["fsync"](descriptor)

    def named(name: str) -> Callable[..., Any]:
        call = getattr(os, name)

        def act(path: Any, *rest: Any, **more: Any) -> Any:
            target = rest[0] if rest and name in ("rename", "replace", "link") else path
            if not isinstance(target, int) and points.covers(target):
                _fail(points.write(name, target))
            return call(path, *rest, **more)

        return act

    os.open, os.fdopen, os.fsync = open_, fdopen, fsync  # type: ignore[assignment]  # the same shapes
    for name in ("rename", "replace", "link", "unlink", "remove", "mkdir", "rmdir"):
        setattr(os, name, named(name))
    for method in ("write_bytes", "write_text"):
        setattr(Path, method, _writing(getattr(Path, method), points))


def _writing(call: Callable[..., Any], points: Points) -> Callable[..., Any]:
    def write(path: Path, content: Any, *rest: Any, **named: Any) -> Any:
        if points.covers(str(path)):
            _fail(points.write("put", str(path), lambda: call(path, content[: len(content) // 2], *rest, **named)))
        return call(path, content, *rest, **named)

    return write


# ---------------------------------------------------------------------------------------------------------------- SQLite


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs` of sqlite3.h; only its list of system calls is used here (SQLite's own tests replace it as well)."""

    _fields_ = (
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("pNext", "zName", "pAppData", "xOpen", "xDelete", "xAccess")),
        *((name, ctypes.c_void_p) for name in ("xFullPathname", "xDlOpen", "xDlError", "xDlSym", "xDlClose")),
        *((name, ctypes.c_void_p) for name in ("xRandomness", "xSleep", "xCurrentTime", "xGetLastError")),
        *((name, ctypes.c_void_p) for name in ("xCurrentTimeInt64", "xSetSystemCall", "xGetSystemCall")),
    )


_KEPT: list[object] = []
"""Callbacks that SQLite holds: they must outlive this module's functions."""
_INT, _SIZE, _OFFSET, _POINTER = ctypes.c_int, ctypes.c_size_t, ctypes.c_int64, ctypes.c_void_p
_CALLS: Final = {
    "write": (_INT, _POINTER, _SIZE),
    "pwrite": (_INT, _POINTER, _SIZE, _OFFSET),
    "pwrite64": (_INT, _POINTER, _SIZE, _OFFSET),
    "ftruncate": (_INT, _OFFSET),
    "unlink": (ctypes.c_char_p,),
    "open": (ctypes.c_char_p, _INT, _INT),
}


def sqlite_library(module: str) -> ctypes.CDLL:
    """Give the SQLite that a module uses; RuntimeError where it is linked into it, out of reach."""
    library = ctypes.CDLL(str(importlib.import_module(module).__file__))
    if not hasattr(library, "sqlite3_vfs_find"):
        raise RuntimeError("this Python has SQLite inside; the points of its writes need a shared libsqlite3")
    return library


def _install_sqlite(points: Points, library: ctypes.CDLL) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = (ctypes.c_char_p,)
    found = library.sqlite3_vfs_find(None)
    setter = ctypes.CFUNCTYPE(_INT, _POINTER, ctypes.c_char_p, _POINTER)(found.contents.xSetSystemCall)
    for name, arguments in _CALLS.items():
        result = ctypes.c_ssize_t if "write" in name else _INT
        real = getattr(libc, name)
        real.restype, real.argtypes = result, arguments
        shape = ctypes.CFUNCTYPE(result, *arguments, use_errno=True)
        callback = shape(_counted(name, real, points))
        _KEPT.append(callback)
        setter(ctypes.addressof(found.contents), name.encode(), ctypes.cast(callback, _POINTER))


_CREATES: Final = os.O_CREAT
_SHOWN: Final = {"write": "write", "pwrite": "write", "pwrite64": "write", "ftruncate": "truncate", "unlink": "remove"}


def _counted(name: str, real: Any, points: Points) -> Callable[..., int]:
    def call(*arguments: Any) -> int:
        if not points.covers(arguments[0]):
            return int(real(*arguments))
        wrong = 0
        if name == "open":
            if arguments[1] & _CREATES and not Path(os.fsdecode(arguments[0])).exists():
                wrong = points.write("create", arguments[0])
        elif "write" in name:
            wrong = points.write(
                _SHOWN[name], arguments[0], lambda: real(*arguments[:2], arguments[2] // 2, *arguments[3:])
            )
        else:
            wrong = points.write(_SHOWN[name], arguments[0])
        if wrong:
            ctypes.set_errno(wrong)
            return -1
        return int(real(*arguments))

    return call
