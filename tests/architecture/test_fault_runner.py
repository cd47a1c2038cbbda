"""The runner of planted faults is itself a guard: here it meets faults that it must not call caught."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.places import TESTS

DIFF = """diff --git a/src/sum.py b/src/sum.py
--- a/src/sum.py
+++ b/src/sum.py
@@ -1,2 +1,2 @@
 def add(a, b):
-    return a + b
+    return {}
"""
TESTS_OF_SUM = """from sum import add


def test_adds():
    assert add(2, 3) == 5


def test_looks_away():
    assert True


def test_was_red_before():
    assert add(2, 3) == 6
"""


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load the runner and set it on a small tree of its own."""
    spec = importlib.util.spec_from_file_location("fault_runner", TESTS / "faults" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "fault_runner", module)
    spec.loader.exec_module(module)
    for name, text in {"src/sum.py": "def add(a, b):\n    return a + b\n", "tests/test_sum.py": TESTS_OF_SUM}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "faults").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "FAULTS", tmp_path / "faults")
    return module


def _plant(runner: ModuleType, test: str, diff: str, guarantee: str = "G-01") -> int:
    header = f"# guarantee: {guarantee}\n# reddens: tests/test_sum.py::{test}\n# why: sums would be wrong\n"
    (runner.FAULTS / "101-a-fault.patch").write_text(header + diff, encoding="utf-8")
    code: int = runner.main([])
    return code


def test_a_fault_that_its_test_sees_is_caught(runner: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A patch that turns its test red passes, and the working tree stays as it was."""
    assert _plant(runner, "test_adds", DIFF.format("a - b")) == 0
    assert capsys.readouterr().out.endswith("1 passed, 0 failed\n")
    assert "a + b" in (runner.ROOT / "src" / "sum.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("test", "diff", "reason"),
    [
        ("test_looks_away", DIFF.format("a - b"), "stays green"),
        ("test_was_red_before", DIFF.format("a - b"), "not green without the fault"),
        ("test_adds", DIFF.format("(a - "), "could not run"),
        ("test_adds", DIFF.format("a - b").replace(" def add", " def plus"), "does not apply"),
    ],
)
def test_a_fault_that_proves_nothing_is_missed(
    runner: ModuleType, capsys: pytest.CaptureFixture[str], test: str, diff: str, reason: str
) -> None:
    """Blind tests, red tests, code that cannot be collected and old patches do not count as caught."""
    assert _plant(runner, test, diff) == 1
    assert reason in capsys.readouterr().out


def test_a_header_that_names_no_guarantee_is_missed(runner: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """A fault must say what it breaks."""
    assert _plant(runner, "test_adds", DIFF.format("a - b"), guarantee="everything") == 1
    assert "header" in capsys.readouterr().out
