"""Nothing in `desk/` needs POSIX: it runs where an intake worker's computer runs, Windows too.

Read from the code, for no machine here runs Windows: modules and functions that only POSIX has, folders that only it has,
and the two habits that fail there: a file moved onto one that is there without `replace`, and text opened without its encoding.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.places import SOURCE

DESK = SOURCE / "desk"
POSIX_MODULES = frozenset(
    {
        "crypt",
        "curses",
        "fcntl",
        "grp",
        "nis",
        "ossaudiodev",
        "posix",
        "pty",
        "pwd",
        "readline",
        "resource",
        "spwd",
        "syslog",
    }
    | {"termios", "tty"}
)
POSIX_CALLS = frozenset(
    {"chown", "chroot", "fchmod", "fchown", "fdatasync", "fork", "forkpty", "getegid", "geteuid", "getgid", "getgroups"}
    | {
        "getloadavg",
        "getpgid",
        "getpriority",
        "getuid",
        "initgroups",
        "killpg",
        "lchmod",
        "lchown",
        "link",
        "lockf",
        "mkfifo",
    }
    | {
        "mknod",
        "nice",
        "openpty",
        "pathconf",
        "pipe2",
        "posix_fadvise",
        "posix_fallocate",
        "posix_spawn",
        "pread",
        "preadv",
    }
    | {
        "pwrite",
        "pwritev",
        "readlink",
        "readv",
        "register_at_fork",
        "sched_getaffinity",
        "sendfile",
        "setegid",
        "seteuid",
    }
    | {
        "setgid",
        "setpgid",
        "setpriority",
        "setsid",
        "setuid",
        "statvfs",
        "symlink",
        "sync",
        "sysconf",
        "tcgetpgrp",
        "ttyname",
    }
    | {
        "umask",
        "uname",
        "wait3",
        "wait4",
        "waitid",
        "writev",
        "SIGALRM",
        "SIGHUP",
        "SIGKILL",
        "SIGUSR1",
        "SIGUSR2",
        "alarm",
    }
    | {
        "setitimer",
        "pause",
        "sigwait",
        "AF_UNIX",
        "O_NOFOLLOW",
        "O_DIRECTORY",
        "O_CLOEXEC",
        "O_SYNC",
        "O_DSYNC",
        "hardlink_to",
    }
    | {"symlink_to", "owner", "group", "chmod"}
)
"""Attributes of os, signal, socket and pathlib that Windows lacks, or where they mean nothing (`chmod`, `owner`)."""
OF = frozenset({"os", "signal", "socket", "shutil", "time", "select"})
POSIX_PLACES = tuple(f"/{name}/" for name in ("tmp", "dev", "proc", "etc", "var", "usr", "sys"))
NAMED_AFTER = frozenset({"chmod", "hardlink_to", "symlink_to", "owner", "group", "readlink", "rename"})
"""Methods of a path, whatever it is called."""


def posix_only(text: str) -> Iterator[str]:
    """Say what in a module would not work on every system."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        line = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"{line}: imports {name}" for name in names if name.split(".")[0] in POSIX_MODULES)
        elif isinstance(node, ast.Attribute):
            base = node.value.id if isinstance(node.value, ast.Name) else ""
            if base in OF and node.attr in POSIX_CALLS:
                yield f"{line}: {base}.{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(POSIX_PLACES):
            yield f"{line}: a folder of one system"
        if isinstance(node, ast.Call):
            yield from (f"{line}: {what}" for what in _called(node))


def _called(call: ast.Call) -> Iterator[str]:
    given = {keyword.arg for keyword in call.keywords}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if isinstance(call.func, ast.Attribute) and name in NAMED_AFTER:
        yield f".{name}()"
    if name in {"read_text", "write_text"} and "encoding" not in given and len(call.args) < 1 + (name == "write_text"):
        yield f".{name}() without an encoding"
    if name == "strftime" and any(isinstance(one, ast.Constant) and "%-" in str(one.value) for one in call.args):
        yield "a format of days that only glibc knows"


@pytest.mark.parametrize("path", sorted(DESK.rglob("*.py")), ids=lambda path: str(path.relative_to(DESK)))
def test_the_desk_needs_no_posix(path: Path) -> None:
    """No import, call, folder or habit that fails on Windows; who must do otherwise says `sys.platform` and tests both."""
    assert list(posix_only(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "told",
    [
        "import fcntl",
        "from resource import getrusage",
        "import os\nos.fork()",
        "import signal\nsignal.signal(signal.SIGHUP, None)",
        "place = '/var/x'",
        "path.chmod(0o600)",
        "path.rename(other)",
        "path.read_text()",
        "day.strftime('%-d')",
    ],
)
def test_what_fails_elsewhere_is_seen(told: str) -> None:
    """Each kind is found where it stands alone."""
    assert len(list(posix_only(told))) == 1
