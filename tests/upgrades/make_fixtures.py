"""Write files as older versions of the program wrote them: `python -m tests.upgrades.make_fixtures [helpers|desk|board]`.

Each is written by the code of its own time, taken from this repository's history, so it is what somebody has on disk. The records
are invented (`tests/exchange/examples.py` of that commit), the keys are those of the tests. Fixtures are text, to be read.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
COMMITS: Final = {"helpers": "733d54b", "desk": "b3304af", "board": "733d54b"}

HELPERS: Final = """
import json, pathlib, sqlite3, sys
from tests.helper.world import make_world
folder = pathlib.Path(sys.argv[1])
folder.mkdir()
world = make_world(folder)
setting = world.publish_plan()
world.submit(setting, ("aube", "brise"))
plan = world.seats[0].means.store.plan("essai-1").envelope.decode()
told = {"roster.json": (folder / "roster.json").read_text(), "plan.json": plan}
for seat in world.seats:
    seat.means.store.close()
    name = f"helper-{seat.identity.party}"
    store = sqlite3.connect(folder / name / "store.sqlite")
    version = store.execute("PRAGMA user_version").fetchone()[0]
    sql = [*store.iterdump(), f"PRAGMA user_version={version};"]
    told[name] = {f: (folder / name / f).read_text() for f in ("helper.json", "secrets.json")} | {"store.sql": sql}
print(json.dumps(told, indent=1))
"""

DESK: Final = """
import os, pathlib, sqlite3, sys
folder = pathlib.Path(sys.argv[1])
folder.mkdir()
os.environ |= {"SANSNOM_DESK_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "sansnom.desk.house.settings"}
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from sansnom.desk.sqlcipher.base import open_connection
from sansnom.desk.sqlcipher.keyring import KEYRING
from tests.exchange import examples
key = bytes(range(32))
connection.settings_dict["NAME"] = str(folder / "desk.db")
KEYRING.unlock(key)
call_command("migrate", verbosity=0)
from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.models import Organization
from sansnom.desk.work.fill import fill
from sansnom.desk.work.models import Programme
Organization.objects.create(name="Maison d\\u2019accueil", language="fr")
for name, role in (("camille", "counsellor"), ("cosima", "coordinator"), ("dahlia", "director")):
    who = Colleague(sign_in_name=name, name=name.title(), role=role, language="fr")
    who.set_unusable_password()
    who.save()
fill(examples.records(), Programme.objects.create(name_fr="Accueil", name_en="Reception"))
connection.close()
plain = folder / "plain.db"
line = open_connection(str(folder / "desk.db"), key, isolation_level=None)
line.execute("ATTACH DATABASE ? AS plain KEY ''", [str(plain)])
line.execute("SELECT sqlcipher_export('plain')")
line.execute("DETACH DATABASE plain")
line.close()
print("\\n".join(sqlite3.connect(plain).iterdump()))
"""

BOARD: Final = """
import json, pathlib, subprocess, sys
folder = pathlib.Path(sys.argv[1])
words = "demo --quarters 2 --organizations 4 --persons 40 --seed 5 --out".split()
subprocess.run([sys.executable, "-m", "sansnom", *words, str(folder)], check=True, stdout=subprocess.DEVNULL)
board, told = folder / "board", {}
signed = ("roster.json", "rosters/*", "plans/*/plan.json", "refusals/*", "withdrawals/*", "log/**/*")
beside = ("release.json", "submission-set.json", "destruction-?.json")
for pattern in (*signed, *(f"releases/*/{name}" for name in beside)):
    for path in sorted(board.glob(pattern)):
        if path.is_file():
            told[path.relative_to(board).as_posix()] = path.read_bytes().hex() if "/tile/" in str(path) else path.read_text()
print(json.dumps(told, indent=1, ensure_ascii=False))
"""
SCRIPTS: Final = {"helpers": HELPERS, "desk": DESK, "board": BOARD}


def fixture(kind: str) -> Path:
    """Say where a fixture stands; its name tells the commit that wrote it."""
    return HERE / f"{kind}-{COMMITS[kind]}.{'sql' if kind == 'desk' else 'json'}"


def tree_of(commit: str, into: Path) -> None:
    """Unpack the committed tree of an earlier version."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    into.mkdir()
    subprocess.run(["tar", "-x", "-C", str(into)], input=packed, check=True)


def write(kind: str) -> None:
    """Let the code of its commit write one fixture."""
    with tempfile.TemporaryDirectory() as made:
        tree = Path(made) / "tree"
        tree_of(COMMITS[kind], tree)
        environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"}
        words = [sys.executable, "-c", SCRIPTS[kind], str(Path(made) / "made")]
        told = subprocess.run(words, cwd=tree, env=environment, check=True, capture_output=True).stdout
    fixture(kind).write_bytes(told)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or sorted(SCRIPTS):
        write(chosen)
