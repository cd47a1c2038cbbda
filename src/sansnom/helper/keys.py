"""A helper's own keys: made once by `sansnom helper init`, read by `serve`; private files only their owner may read.

helper.json    public: the seat and the entry for the roster
secrets.json   signing key, sealing key, noise seed
tls.key        private key of the TLS certificate
tls.pem        the TLS certificate, which the roster names by its hash; later ones: `renewal.py`
store.sqlite   everything else (`store.py`)
"""

import base64
import binascii
import hmac
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.exchange.keys import SEAL_PRIVATE_BYTES, PrivateKeys, Randomness
from sansnom.helper.certificates import certificate_digest, make_certificate
from sansnom.helper.store import PlanKey, Store
from sansnom.terms.clock import Clock
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.party import PARTIES, PartyNumber
from sansnom.terms.roster import Helper

PUBLIC_FORMAT: Final = "sansnom/helper/1"
SECRET_FORMAT: Final = "sansnom/helper-secrets/1"  # noqa: S105 - the name of a format
NOISE_SEED_BYTES: Final = 32
NOISE_SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this helper is: its seat, its roster entry, its keys; secrets are never shown in a `repr`."""

    directory: Path
    party: PartyNumber
    entry: Helper
    keys: PrivateKeys = field(repr=False)
    noise_seed: bytes = field(repr=False)

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Give the key that signs receipts, sets and releases."""
        return self.keys.signing

    @property
    def certificate_path(self) -> Path:
        """Say where the TLS certificate in force is."""
        later = pair_file(self.directory, self.entry.certificate)
        return later if later.is_file() else self.directory / "tls.pem"

    @property
    def certificate_key_path(self) -> Path:
        """Say where the private key of the TLS certificate in force is."""
        later = pair_file(self.directory, self.entry.certificate)
        return later if later.is_file() else self.directory / "tls.key"

    @property
    def store_path(self) -> Path:
        """Say where the store is."""
        return self.directory / "store.sqlite"

    def fresh_plan_key(self, randomness: Randomness) -> PlanKey:
        """Make a key pair to seal to, for one plan, and the salt of that plan's noise."""
        seal_seed = randomness(SEAL_PRIVATE_BYTES)
        public = PrivateKeys(self.keys.sign_seed, seal_seed).public
        return PlanKey(public.seal_key, seal_seed, randomness(NOISE_SALT_BYTES))

    def noise_root(self, salt: bytes) -> bytes:
        """Derive the secret that all of this helper's noise for one plan is made from; the plan bears a commitment to it.

        Once the plan's salt is destroyed nobody can derive it again, not even from this helper's noise seed.
        """
        return hmac.digest(self.noise_seed, b"sansnom/noise-root/2\n" + salt, "sha256")


def noise_key(root: bytes, plan_digest: str, set_hex: str) -> bytes:
    """Derive the key of a helper's noise for one plan and one set of submissions; cell n takes the nth words of its stream.

    The same plan and set always give the same noise, so that runs which died cannot be averaged; another set gives
    independent noise.
    """
    about = b"sansnom/noise-key/2\n" + bytes.fromhex(plan_digest) + bytes.fromhex(set_hex)
    return hmac.digest(root, about, "sha256")


def noise_commitment(root: bytes) -> str:
    """Give the hash that a helper shows with its key for a plan, before any submission exists.

    It is never opened: that would strip the noise. What it proves, and what not, is in
    docs/adr/0019-noise-commitments-series-and-questions.md.
    """
    return sha256(b"sansnom/noise-commitment/2\n" + root).hexdigest()


def initialize_helper(  # noqa: PLR0913 - an entry of the roster has that many parts, all by keyword
    directory: Path,
    *,
    party: int,
    name: Text,
    institution: Text,
    url: str,
    peer_address: str,
    randomness: Randomness,
    clock: Clock,
    certify: Callable[[PartyNumber, datetime], tuple[bytes, bytes]] = make_certificate,
) -> Helper:
    """Make a helper's directory: keys, certificate, empty store. Give the public entry for the roster.

    All or nothing: the directory appears complete. Raises InputError `helper.exists` when it is there already,
    `helper.party` for a seat that does not exist, `helper.address` for an address that cannot be one.
    """
    if party not in PARTIES:
        raise InputError("helper.party", where="--party")
    check_addresses(url, peer_address)
    if directory.exists():
        raise InputError("helper.exists", where=directory.name)
    keys = PrivateKeys.generate(randomness)
    private_pem, certificate_pem = certify(PartyNumber(party), clock.now())
    entry = Helper(
        name=name,
        institution=institution,
        sign_key=keys.public.sign_key,
        seal_key=keys.public.seal_key,
        url=url,
        peer_address=peer_address,
        certificate=certificate_digest(certificate_pem),
    )
    secrets = {
        "schema": SECRET_FORMAT,
        "keys": keys.to_json_secret(),
        "noise_seed": base64.b64encode(randomness(NOISE_SEED_BYTES)).decode("ascii"),
    }
    public = {"schema": PUBLIC_FORMAT, "party": party, "entry": entry.to_json()}
    directory.parent.mkdir(parents=True, exist_ok=True)
    making = directory.with_name(f".{directory.name}.{os.getpid()}.making")
    making.mkdir(mode=0o700)
    try:
        _write(making / "secrets.json", _as_text(secrets), 0o600)
        _write(making / "tls.key", private_pem, 0o600)
        _write(making / "tls.pem", certificate_pem, 0o644)
        _write(making / "helper.json", _as_text(public), 0o644)
        Store(making / "store.sqlite").close()
        making.rename(directory)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return entry


def load_helper(directory: Path) -> Identity:
    """Read a helper's directory; InputError `helper.directory` if it is none, `helper.open` if others may read it."""
    try:
        public = Reader(json.loads((directory / "helper.json").read_bytes()), "helper")
        secret_path = directory / "secrets.json"
        secrets = Reader(json.loads(secret_path.read_bytes()), "secrets")
        private = (secret_path, directory / "tls.key", *directory.glob("tls-*.pem"))
        exposed = [p.name for p in private if p.stat().st_mode & 0o077]
    except (OSError, ValueError, RecursionError):
        raise InputError("helper.directory", where=directory.name) from None
    if exposed:
        raise InputError("helper.open", where=exposed[0])
    public.expect("schema", PUBLIC_FORMAT)
    secrets.expect("schema", SECRET_FORMAT)
    party = PARTIES[public.integer("party", high=len(PARTIES) - 1)]
    entry = Helper.from_reader(public.inner("entry"))
    public.done()
    keys = PrivateKeys.from_json(secrets._take("keys", dict, ...))  # noqa: SLF001 - Reader gives no plain object
    noise_seed = _seed(secrets.string("noise_seed"))
    secrets.done()
    return Identity(directory, party, entry, keys, noise_seed)


def pair_file(directory: Path, digest: str) -> Path:
    """Say where a renewed certificate stands, with its key in the same file: named by the first digits of its hash."""
    return directory / f"tls-{digest[:16]}.pem"


def split_address(address: str) -> tuple[str, int]:
    """Read HOST:PORT; InputError `helper.address`."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise InputError("helper.address", where="HOST:PORT")
    return host.strip("[]"), int(port)


def check_addresses(url: str, peer_address: str) -> None:
    """Refuse a URL that is not https://HOST:PORT and a peer address that is not HOST:PORT."""
    scheme, slashes, rest = url.partition("://")
    if scheme != "https" or not slashes:
        raise InputError("helper.address", where="https://HOST:PORT")
    split_address(rest)
    split_address(peer_address)


def _seed(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise InputError("keys.encoding", where="secrets.noise_seed") from None
    if len(raw) != NOISE_SEED_BYTES:
        raise InputError("keys.size", where="secrets.noise_seed")
    return raw


def _as_text(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read."""
    _write(path, content, 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file that is never, not for an instant, readable by more than `mode` allows."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
