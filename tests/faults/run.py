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
import compileall
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).resolve().parent
TEST_SECONDS_MAX = 120
WARM_FROM = 4  # for fewer faults, importing everything once costs more than it saves

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
    for kernel in (ROOT / "src").rglob(
        "__pycache__/*.nb[ic]"
    ):  # compiled kernels, valid while their source is unchanged
        target = destination / kernel.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kernel, target)
    # Compiled once, and looked up by the hash of the source: a planted line is never mistaken for the one before it.
    compileall.compile_dir(destination / "src", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    _git("init", "--quiet", cwd=destination).check_returncode()
    _git("add", "--all", cwd=destination).check_returncode()
    who = ("-c", "user.name=faults", "-c", "user.email=faults@localhost", "-c", "commit.gpgsign=false")
    _git(*who, "commit", "--quiet", "--no-verify", "-m", "tree", cwd=destination).check_returncode()


class Warm:
    """A process with the large packages imported (`warm.py`), which runs tests in forked children; one per tree."""

    def __init__(self) -> None:
        """Start it; it is ready when its imports are done."""
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def run(self, tests: tuple[str, ...], tree: Path, seconds: float) -> tuple[int, str]:
        """Run the named tests against the code of this tree; return pytest's exit code and output."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(json.dumps({"tree": str(tree), "tests": tests, "seconds": seconds}) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline() or '{"code": -1, "output": "the warm process ended"}')
        return int(told["code"]), str(told["output"])

    def end(self) -> None:
        """Close its input, which ends it."""
        self._process.communicate()


def run_tests(
    tests: tuple[str, ...], tree: Path, warm: Warm | None = None, seconds: float = TEST_SECONDS_MAX
) -> tuple[int, str]:
    """Run the named tests against the code of this tree; return pytest's exit code and output."""
    if warm is not None:
        return warm.run(tests, tree, seconds)
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
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return -1, f"no verdict within {seconds:.0f} s"
    return done.returncode, done.stdout + done.stderr


def judge(fault: Fault, tree: Path, warm: Warm | None, *, all_green: bool) -> str:
    """Return an empty string when the fault was caught by every test it names, else what went wrong."""
    if not all_green:
        code, output = run_tests(fault.reddens, tree, warm)
        if code != GREEN:
            return f"not green without the fault (pytest {code})\n{output[-1500:]}"
    applied = _git("apply", str(fault.path), cwd=tree)
    if applied.returncode:
        return f"does not apply: {applied.stderr.strip()}"
    try:
        if not _git("status", "--porcelain", cwd=tree).stdout.strip():
            return "the patch changes nothing"
        for test in fault.reddens:
            code, output = run_tests((test,), tree, warm)
            if code == GREEN:
                return f"{test} stays green: the guard does not guard"
            if code != RED or not re.search(r"\d+ failed", output):
                return f"{test} did not fail, it could not run (pytest {code})\n{output[-1500:]}"
    finally:
        # The patch may have made files too: back to the commit, and nothing else.
        _git("checkout", "--quiet", "--", ".", cwd=tree)
        _git("clean", "-fdq", cwd=tree)
    return ""


def read_all(paths: list[Path]) -> tuple[list[Fault], list[tuple[Path, str]]]:
    """Read every header; keep apart the patches whose header is wrong."""
    faults, wrong = [], []
    for path in paths:
        try:
            faults.append(read_fault(path))
        except BadHeaderError as error:
            wrong.append((path, f"header: {error}"))
    return faults, wrong


def _report(path: Path, guarantee: str, wrong: str, seconds: float) -> None:
    verdict = "MISSED" if wrong else "caught"
    print(f"{verdict}  {guarantee:<12} {path.name:<56} {seconds:5.1f} s", flush=True)
    if wrong:
        print("        " + wrong.strip().replace("\n", "\n        "), flush=True)


def _green(named: list[str], trees: list[Path], warm: list[Warm | None]) -> bool:
    """Tell whether every named test passes before anything is planted: each tree takes whole files, so the cores share the work."""
    files = sorted({test.split("::")[0] for test in named})
    seat = {file: place % len(trees) for place, file in enumerate(files)}

    def one(place: int) -> bool:
        mine = tuple(test for test in named if seat[test.split("::")[0]] == place)
        return not mine or run_tests(mine, trees[place], warm[place], TEST_SECONDS_MAX + 5 * len(mine))[0] == GREEN

    with ThreadPoolExecutor(len(trees)) as pool:
        return all(list(pool.map(one, range(len(trees)))))


def plant(faults: list[Fault], trees: list[Path]) -> int:
    """Judge the faults, one at a time in each tree, and return how many were missed."""
    free: SimpleQueue[tuple[Path, Warm | None]] = SimpleQueue()
    kept = trees[0].parent / "templates"  # databases migrated once, by code without a fault (tests/desk/template.py)
    kept.mkdir()
    os.environ["SANSNOM_TEMPLATES"] = str(kept)
    (kept / "open").touch()
    warm = [Warm() if hasattr(os, "fork") and len(faults) > WARM_FROM else None for _ in trees]
    all_green = _green(sorted({test for fault in faults for test in fault.reddens}), trees, warm)
    (kept / "open").unlink()
    for pair in zip(trees, warm, strict=True):
        free.put(pair)

    def one(fault: Fault) -> bool:
        (tree, helper), start = free.get(), time.monotonic()
        try:
            wrong = judge(fault, tree, helper, all_green=all_green)
        finally:
            free.put((tree, helper))
        _report(fault.path, fault.guarantee, wrong, time.monotonic() - start)
        return bool(wrong)

    try:
        with ThreadPoolExecutor(len(trees)) as pool:
            return sum(pool.map(one, faults))
    finally:
        for process in warm:
            if process is not None:
                process.end()


def main(argv: list[str]) -> int:
    """Run the chosen faults, print one line each and a closing line; 0 when every fault was caught."""
    parser = argparse.ArgumentParser(description="Plant each fault, demand red.")
    parser.add_argument("patterns", nargs="*", help="only patches whose names contain one of these")
    parser.add_argument("--trees", type=int, default=2, help="how many copies of the tree to work in")
    options = parser.parse_args(argv)
    patterns: list[str] = options.patterns
    paths = [p for p in sorted(FAULTS.glob("*.patch")) if not patterns or any(word in p.name for word in patterns)]
    faults, wrong = read_all(paths)
    for path, reason in wrong:
        _report(path, "?", reason, 0.0)
    missed = len(wrong)
    if faults:
        with tempfile.TemporaryDirectory(prefix="sansnom-faults-") as folder:
            trees = [Path(folder) / str(number) for number in range(max(1, min(options.trees, len(faults))))]
            for tree in trees:
                tree.mkdir()
                copy_tree(tree)
            missed += plant(faults, trees)
    print(f"{len(paths) - missed} passed, {missed} failed")
    return 0 if paths and not missed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
