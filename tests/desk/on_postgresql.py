"""Run the desk's tests on PostgreSQL: `make postgres`, or `python -m tests.desk.on_postgresql [arguments of pytest]`.

A server of its own, in a temporary folder, on this machine alone, with a password that lives as long as it does; every test gets
a database that is a copy of one migrated once, as on the one file. Debian: `apt-get install postgresql`, and psycopg,
which `make postgres` installs. The database's own account is used where root runs this: PostgreSQL refuses root. Whoever ends this
program by SIGTERM, SIGHUP or SIGINT ends the server too, and its folder goes.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn

OWNER: Final = "postgres"
GRACE_SECONDS: Final = 20.0


def programs() -> Path:
    """Find the server's programs: the newest version that Debian installed, else beside `psql`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    known = shutil.which("initdb")
    if not found and known is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql · PostgreSQL n'est pas installé")
    return found[-1].parent if found else Path(str(known)).parent


@contextmanager
def server() -> Iterator[str]:
    """Start a server and give the address of its first database; it ends, and its folder goes, with the block."""
    account: dict[str, Any] = {"user": OWNER, "group": pwd.getpwnam(OWNER).pw_gid} if os.geteuid() == 0 else {}
    password, bin_folder = secrets.token_urlsafe(18), programs()
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="sansnom-postgresql-") as told:
        folder = Path(told)
        secret = folder / "password"
        secret.write_text(password)
        if account:
            for path in (folder, secret):
                shutil.chown(path, OWNER)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [str(bin_folder / program), *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, **account
            )

        careless = " ".join(
            f"-c {name}=off" for name in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
        )
        at, options = str(folder / "cluster"), f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {careless}"
        run(
            "initdb",
            "-D",
            at,
            "-U",
            "desk",
            "-A",
            "scram-sha-256",
            "--pwfile",
            str(secret),
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        run("pg_ctl", "-D", at, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://desk:{password}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", at, "-w", "-m", "immediate", "stop")


def end_asked(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that what was started is stopped on the way out."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Run pytest with the one setting."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_asked)
    asked = arguments or ["-q", str(Path(__file__).parent)]
    with server() as address:
        environment = {**os.environ, "SANSNOM_DESK_DATABASE": address}
        tests = subprocess.Popen([sys.executable, "-m", "pytest", *asked], env=environment, start_new_session=True)
        try:
            return tests.wait()
        finally:
            _end(tests)


def _end(tests: subprocess.Popen[bytes]) -> None:
    """Interrupt pytest, as Ctrl-C would; then end whatever it started that is still there."""
    if tests.poll() is None:
        tests.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            tests.wait(GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(tests.pid, signal.SIGKILL)
    tests.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
