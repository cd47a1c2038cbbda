"""Run tests from a process that has the large packages imported already: half a second for a fault instead of two.

One request a line on standard input, one answer a line on standard output:

    {"tree": "/a/copied/tree", "tests": ["tests/a.py::test_b"], "seconds": 120}
    {"code": 1, "output": "..."}

Each request runs in a child made by fork, so that nothing of one tree is left for the next; only packages of others are imported
before, never ours. `code` is pytest's, or -1 when there was no verdict in time. Where there is no fork, `run.py` starts a new
interpreter for each fault instead.
"""

import importlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

PACKAGES = (
    *("numpy", "numpy.testing", "numba", "scipy.sparse", "scipy.special", "scipy.stats", "cryptography.x509"),
    *("cryptography.hazmat.primitives.asymmetric.ed25519", "cryptography.hazmat.primitives.ciphers.aead"),
    *(
        "pytest",
        "_pytest.assertion.rewrite",
        "pytest_randomly",
        "hypothesis",
        "hypothesis.strategies",
        "hypothesis.extra.numpy",
    ),
    *(
        "httpx",
        "starlette.applications",
        "starlette.testclient",
        "uvicorn",
        "anyio",
        "jinja2",
        "babel.messages",
        "rich.console",
    ),
    *("openpyxl", "python_calamine", "jsonschema", "django", "django.test", "sqlcipher3"),
)
"""What most tests import. A name that is not installed is passed over: the test that needs it will say so."""
ARGUMENTS = (
    *("-q", "--no-header", "--tb=short", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts="),
    *("--import-mode=importlib", "--strict-markers"),
    *(
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ),  # plugins that were imported before: their asserts are not ours
)


def _child(request: dict[str, Any], told: Path) -> None:
    """Run pytest in the tree, everything it prints going to a file; never returns."""
    tree = Path(request["tree"])
    descriptor = os.open(told, os.O_WRONLY | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.setsid()
    os.chdir(tree)
    os.environ |= {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1", "SANSNOM_FAULT": "1"}
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(tree / "src"), str(tree)]
    import pytest

    code = 3
    try:
        code = int(pytest.main([*ARGUMENTS, *request["tests"]]))
    except BaseException:  # noqa: BLE001 - whatever ends this child is told, and nothing of it goes further
        traceback.print_exc()
    with suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _wait(child: int, seconds: float) -> int:
    """Wait for a child's exit code; after so many seconds end it and everything it started, and give -1."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def main() -> None:
    """Import, then serve requests until standard input ends."""
    for name in PACKAGES:
        with suppress(ImportError):
            importlib.import_module(name)
    if any(name == "sansnom" or name.startswith("sansnom.") for name in sys.modules):
        raise SystemExit("a package imported ours: a fault could hide behind it")
    with tempfile.TemporaryDirectory(prefix="sansnom-warm-") as folder:
        told = Path(folder) / "told"
        for line in sys.stdin:
            request = json.loads(line)
            told.write_bytes(b"")
            child = os.fork()
            if not child:
                _child(request, told)
            code = _wait(child, request["seconds"])
            output = told.read_text(encoding="utf-8", errors="replace")
            print(json.dumps({"code": code, "output": output[-20_000:]}), flush=True)


if __name__ == "__main__":
    main()
