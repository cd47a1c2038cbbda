"""All benchmarks, one after another: what `make bench` runs. Each prints its own rows with machine, date and command.

python bench/run.py                    all of them
python bench/run.py sort plan          some of them
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PARTS = {path.stem: path for path in sorted(HERE.glob("*.py")) if "def main" in path.read_text("utf-8")}
PARTS.pop("run", None)


def main() -> int:
    """Run the parts named, or all; 2 for a name that is none, else the worst exit code."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    worst = 0
    for name in wanted:
        print(f"\n== {name}: python bench/{name}.py", flush=True)
        worst = max(worst, subprocess.run([sys.executable, str(PARTS[name])], cwd=HERE.parent, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
