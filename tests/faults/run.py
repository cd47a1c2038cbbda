"""Plant each fault, and demand that the test it names turns red.

A guard counts only after a planted fault has turned it red. Each `NNN-slug.patch` here opens with

    # guarantee: G-03
    # reddens: tests/compute/test_reveal.py::test_name   (several lines are allowed)
    # why: one sentence: what would be lost if this fault went unseen

then a diff that `git apply` takes. For every patch the runner checks that each named test PASSES without the
fault, applies it to a copy of the tree, and demands that each test FAILS: by an assertion or an error inside the test,
never because it could not be collected. A patch that no longer applies is red, like a test that stays green.

    python tests/faults/run.py                 all patches
    python tests/faults/run.py 003 mask        those whose names contain one of these
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).resolve().parent
TEST_SECONDS_MAX = 120

GREEN, RED = 0, 1  # pytest's exit codes; 2 and above mean that it could not run the test


@dataclass(frozen=True, slots=True)
class Fault:
    """One patch and what its header promises."""

    path: Path
    guarantee: str
    reddens: tuple[str, ...]
    why: str


class BadHeaderError(Exception):
    """A patch whose header does not follow the format above."""


def read_fault(path: Path) -> Fault:
    """Read the header of one patch; raise BadHeaderError when a line is missing or malformed."""
    header: dict[str, list[str]] = {"guarantee": [], "reddens": [], "why": []}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"# (guarantee|reddens|why): *(.+)$", line)
        if match:
            header[match[1]].append(match[2].strip())
        elif not line.startswith("#"):
            break
    if not re.fullmatch(r"\d{3}-[a-z0-9-]+\.patch", path.name):
        raise BadHeaderError("name it NNN-slug.patch")
    if len(header["guarantee"]) != 1 or not re.fullmatch(r"G-\d\d|architecture|docs", header["guarantee"][0]):
        raise BadHeaderError("one line '# guarantee: G-nn' (or architecture, docs) is needed")
    if not header["reddens"] or not all(re.match(r"tests/\S+\.py::\S+", test) for test in header["reddens"]):
        raise BadHeaderError("'# reddens: tests/path.py::test_name' is needed")
    if not header["why"]:
        raise BadHeaderError("'# why: ...' is needed")
    return Fault(path, header["guarantee"][0], tuple(header["reddens"]), " ".join(header["why"]))


def _git(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def copy_tree(destination: Path) -> None:
    """Lay a clean tree as its own repository: every file git tracks, and new ones it does not ignore."""
    listing = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    listing.check_returncode()
    for name in filter(None, listing.stdout.split("\0")):
        source, target = ROOT / name, destination / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    _git("init", "--quiet", cwd=destination).check_returncode()
    _git("add", "--all", cwd=destination).check_returncode()


def run_tests(tests: tuple[str, ...], tree: Path) -> tuple[int, str]:
    """Run the named tests against the code of this tree; return pytest's exit code and output."""
    environment = os.environ | {
        "PYTHONPATH": str(tree / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SANSNOM_FAULT": "1",
    }
    command = [
        *(sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", "-x"),
        *("-p", "no:cacheprovider", "-p", "no:randomly", "-o", "addopts="),
        *("--import-mode=importlib", "--strict-markers", *tests),
    ]
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=TEST_SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        return -1, f"no verdict within {TEST_SECONDS_MAX} s"
    return done.returncode, done.stdout + done.stderr


def judge(fault: Fault, tree: Path, unpatched: dict[str, tuple[int, str]]) -> str:
    """Return an empty string when the fault was caught by every test it names, else what went wrong."""
    for test in fault.reddens:
        if test not in unpatched:
            unpatched[test] = run_tests((test,), tree)
        code, output = unpatched[test]
        if code != GREEN:
            return f"{test} is not green without the fault (pytest {code})\n{output[-1500:]}"
    applied = _git("apply", str(fault.path), cwd=tree)
    if applied.returncode:
        return f"does not apply: {applied.stderr.strip()}"
    try:
        if not _git("diff", "--quiet", cwd=tree).returncode:
            return "the patch changes nothing"
        for test in fault.reddens:
            code, output = run_tests((test,), tree)
            if code == GREEN:
                return f"{test} stays green: the guard does not guard"
            if code != RED or not re.search(r"\d+ failed", output):
                return f"{test} did not fail, it could not run (pytest {code})\n{output[-1500:]}"
    finally:
        # The patch may have made files too: back to the index, and nothing else.
        _git("checkout", "--quiet", "--", ".", cwd=tree)
        _git("clean", "-fdq", cwd=tree)
    return ""


def main(argv: list[str]) -> int:
    """Run the chosen faults, print one line each and a closing line; 0 when every fault was caught."""
    parser = argparse.ArgumentParser(description="Plant each fault, demand red.")
    parser.add_argument("patterns", nargs="*", help="only patches whose names contain one of these")
    patterns: list[str] = parser.parse_args(argv).patterns
    paths = [p for p in sorted(FAULTS.glob("*.patch")) if not patterns or any(word in p.name for word in patterns)]
    caught = missed = 0
    unpatched: dict[str, tuple[int, str]] = {}
    with tempfile.TemporaryDirectory(prefix="sansnom-faults-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        for path in paths:
            start = time.monotonic()
            guarantee = "?"
            try:
                fault = read_fault(path)
                guarantee = fault.guarantee
                wrong = judge(fault, tree, unpatched)
            except BadHeaderError as error:
                wrong = f"header: {error}"
            caught, missed = (caught, missed + 1) if wrong else (caught + 1, missed)
            verdict = "MISSED" if wrong else "caught"
            print(f"{verdict}  {guarantee:<12} {path.name:<52} {time.monotonic() - start:5.1f} s", flush=True)
            if wrong:
                print("        " + wrong.replace("\n", "\n        "), flush=True)
    print(f"{caught} passed, {missed} failed")
    return 0 if paths and not missed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
