"""Attack every parser for as long as asked: `make fuzz`, `make fuzz FUZZ='--seconds 600 --target plan'`.

What breaks a parser is kept under `tests/fuzz/kept/TARGET/`, where it is a test from then on, and the exit code is 1. With
`--atheris` coverage guides the attack on one target: `.venv/bin/python -m pip install atheris` first (it is outside of the pins).
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.judging import judge_within_memory
from tests.fuzz.targets import TARGETS, Target

KEPT = Path(__file__).parent / "kept"
INPUT_SECONDS = 10
"""An input that keeps a parser at work for so long has broken it."""


class TooLongError(AssertionError):
    """A parser did not come to an end."""


def ring(_number: int, _frame: object) -> None:
    """Take the alarm of an input that keeps a parser at work for too long."""
    raise TooLongError(f"not done after {INPUT_SECONDS} s")


def broke(target: Target, content: bytes) -> str:
    """Say how an input broke a parser; empty when it did not."""
    signal.setitimer(signal.ITIMER_REAL, INPUT_SECONDS)
    try:
        judge_within_memory(target, content)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def attack(target: Target, seconds: float, seed: int) -> tuple[int, dict[str, bytes]]:
    """Attack one parser for a while; give how often, and one input for each way in which it broke."""
    until, tries, found = time.monotonic() + seconds, 0, dict[str, bytes]()
    while time.monotonic() < until:
        content = target.change(random.Random(f"{target.name} {seed} {tries}"))
        tries += 1
        told = broke(target, content)
        if told and (told not in found or len(content) < len(found[told])):
            found[told] = content
    return tries, found


def main() -> int:
    """Attack, tell, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each target")
    parser.add_argument("--target", nargs="*", choices=sorted(TARGETS), default=sorted(TARGETS), metavar="NAME")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--atheris", action="store_true", help="guided by coverage; one target")
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, ring)
    if asked.atheris:
        command = [sys.executable, "-m", "tests.fuzz.guided", asked.target[0], str(int(asked.seconds))]
        return subprocess.run(command, check=False).returncode
    broken = 0
    print(f"seed {asked.seed}")
    for name in asked.target:
        tries, found = attack(TARGETS[name], asked.seconds, asked.seed)
        print(f"{name}: {tries} inputs, {len(found)} ways to break it", flush=True)
        for told, content in found.items():
            place = KEPT / name / hashlib.sha256(content).hexdigest()[:12]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            print(f"  {told}: kept as {place.relative_to(KEPT.parent)}")
        broken += len(found)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
