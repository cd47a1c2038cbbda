"""Does an independent reader take our log, and do we take what it writes? Go's sumdb packages, where Debian has them.

    apt-get install golang-go golang-golang-x-mod-dev
    python bench/log_interop.py

A log of 700 entries grown in seven steps is read by `bench/log_reader/main.go` (signature, every tile, every entry's inclusion,
consistency with smaller trees); the checkpoint that it then signs itself is read by ours, as is every proof.
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.board.journal import Journal, entry_of
from sansnom.transparency.note import ED25519, Verifier, read_note, verifier_of

ORIGIN = "board.example/2026"
STEPS = (1, 2, 3, 250, 256, 180, 8)
READER = Path(__file__).with_name("log_reader") / "main.go"


def main() -> int:
    """Run both directions; 0 when each takes the other's."""
    go = shutil.which("go")
    if go is None:
        print("Go is not installed: apt-get install golang-go golang-golang-x-mod-dev", file=sys.stderr)
        return 2
    ours, theirs = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    keeper = verifier_of(ORIGIN, ours)
    with tempfile.TemporaryDirectory() as folder:
        journal, first = Journal(Path(folder), keeper), 0
        for step in STEPS:
            names = range(first, first + step)
            now = datetime.now(UTC)
            journal.append([entry_of("plan", f"plans/p{n}/plan.json", {"plan": n}, now) for n in names], ours)
            first += step
        environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": f"{folder}/go"}
        command = [go, "run", str(READER), str(Path(folder) / "log"), keeper.text, _signer("other.example", theirs)]
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
        if done.returncode:
            print(done.stderr.decode(), file=sys.stderr)
            return 1
        note = done.stdout
        checkpoint = journal.checkpoint()[0]
    text, _, _ = note.decode().partition("\n\n")
    key = Verifier("other.example", ED25519, theirs.public_key().public_bytes_raw())
    if read_note(note, [key])[0] != checkpoint.text() or text + "\n" != checkpoint.text():
        print("the note that Go wrote is another one", file=sys.stderr)
        return 1
    print(f"{checkpoint.size} entries: read by Go's sumdb/tlog and sumdb/note; its note read by ours")
    return 0


def _signer(name: str, private: Ed25519PrivateKey) -> str:
    """Write a private key as Go's note package reads it: PRIVATE+KEY+name+hash+base64(type, seed)."""
    key = verifier_of(name, private)
    told = base64.b64encode(bytes((ED25519,)) + private.private_bytes_raw()).decode("ascii")
    return f"PRIVATE+KEY+{name}+{key.fingerprint.hex()}+{told}"


if __name__ == "__main__":
    sys.exit(main())
