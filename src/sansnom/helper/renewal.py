"""A certificate is renewed before its end, and no run is lost: the next one is made ahead, the roster names it, the helper follows.

    tls.pem, tls.key          the first certificate and its key
    tls-0123456789abcdef.pem  a later certificate and its key in one file, named by the first digits of the certificate's hash
    helper-next.json          the entry for the roster that names the next certificate

The signing key, the sealing key and the noise seed stay: who the helper is does not change, so plans and submissions under way
go on. `helper.json` alone says which certificate is in force; it is replaced whole, when a roster names another one of ours.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sansnom.helper.certificates import certificate_digest, make_certificate
from sansnom.helper.keys import PUBLIC_FORMAT, Identity, load_helper, pair_file, write_private
from sansnom.terms.clock import Clock
from sansnom.terms.parse import Reader
from sansnom.terms.party import PartyNumber
from sansnom.terms.roster import Helper

NEXT: Final = "helper-next.json"
PUBLIC: Final = "helper.json"


def renew_certificate(
    directory: Path, clock: Clock, certify: Callable[[PartyNumber, datetime], tuple[bytes, bytes]] = make_certificate
) -> Helper:
    """Make the next certificate and write the roster's entry for it; the same one again while it is not in force.

    Nothing that serves now is touched: the helper may be running.
    """
    identity = load_helper(directory)
    waiting = _waiting(identity)
    if waiting is not None:
        return waiting
    key, certificate = certify(identity.party, clock.now())
    entry = replace(identity.entry, certificate=certificate_digest(certificate))
    write_private(pair_file(directory, entry.certificate), certificate + key)
    _write_entry(directory / NEXT, identity.party, entry)
    return entry


def follow_roster(identity: Identity, named: Helper) -> Identity:
    """Put into force the certificate that a roster names, if it is one that this helper made; give who it is now.

    Whatever else the roster says otherwise is not followed: `Means` refuses such a roster.
    """
    if named == identity.entry or replace(named, certificate=identity.entry.certificate) != identity.entry:
        return identity
    if not pair_file(identity.directory, named.certificate).is_file():
        return identity
    _write_entry(identity.directory / PUBLIC, identity.party, named)
    (identity.directory / NEXT).unlink(missing_ok=True)
    return load_helper(identity.directory)


def _waiting(identity: Identity) -> Helper | None:
    """Give the entry that was made and is not in force yet."""
    try:
        told = Reader(json.loads((identity.directory / NEXT).read_bytes()), "helper")
    except (OSError, ValueError):
        return None
    told.expect("schema", PUBLIC_FORMAT)
    told.integer("party")
    entry = Helper.from_reader(told.inner("entry"))
    made = pair_file(identity.directory, entry.certificate).is_file()
    return entry if made and entry.certificate != identity.entry.certificate else None


def _write_entry(path: Path, party: PartyNumber, entry: Helper) -> None:
    """Replace a public file whole: a process that dies leaves the one before."""
    told = {"schema": PUBLIC_FORMAT, "party": int(party), "entry": entry.to_json()}
    making = path.with_name(f".{path.name}.{os.getpid()}.making")
    with making.open("wb") as file:
        file.write((json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)
