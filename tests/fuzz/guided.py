"""Let coverage guide the attack on one parser: `make fuzz FUZZ='--atheris --seconds 600 --target note'`.

Atheris is outside of the pins. It must see sansnom's modules before anybody has imported them, and those alone: with all
of numpy and Django it takes more than six minutes to begin.
"""

import importlib
import random
import signal
import sys
from pathlib import Path
from typing import Any


def main(name: str, seconds: int) -> None:
    """Attack; it never comes back, for atheris exits by itself. What breaks the parser is kept, as a test."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["sansnom"], enable_loader_override=False):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    command: Any = importlib.import_module("tests.fuzz.by_command")
    signal.signal(signal.SIGALRM, command.ring)

    def once(content: bytes) -> None:
        if told := command.broke(target, content):
            raise AssertionError(told)

    corpus = Path(__file__).parent / ".corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(50):
        (corpus / f"seed-{number}").write_bytes(target.change(random.Random(number)))
    kept = Path(__file__).parent / "kept" / name
    kept.mkdir(exist_ok=True)
    options = [f"-max_total_time={seconds}", "-print_final_stats=1", f"-artifact_prefix={kept}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
