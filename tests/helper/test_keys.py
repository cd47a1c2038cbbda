"""A helper's own keys: private files, pinned certificates, noise that repeats itself and can be destroyed."""

import os
import socket
import ssl
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.helper.certificates import (
    certificate_digest,
    fetch_certificate,
    pinned_context,
    server_context,
)
from sansnom.helper.keys import (
    check_addresses,
    initialize_helper,
    load_helper,
    noise_commitment,
    noise_key,
    split_address,
)
from sansnom.terms.errors import InputError, PeerError
from sansnom.terms.parse import Text
from sansnom.terms.party import PartyNumber
from tests.exchange.examples import seeded
from tests.helper.world import HandClock, lasting_certificate

NAME = Text("Calcul", "Helper")
DIGEST, SET = "ab" * 32, "cd" * 32


def made(folder: Path, **changed: Any) -> Path:
    """Make a helper's folder."""
    given: dict[str, Any] = {
        "party": 1,
        "name": NAME,
        "institution": NAME,
        "url": "https://localhost:8443",
        "peer_address": "localhost:8444",
        "randomness": seeded("helper"),
        "clock": HandClock(),
        "certify": lasting_certificate,
    }
    initialize_helper(folder / "h", **(given | changed))
    return folder / "h"


@pytest.mark.guarantee("G-09")
def test_private_files_are_their_owners_alone(tmp_path: Path) -> None:
    """Secrets, TLS key and store are readable by nobody else, from the first instant; so is the folder."""
    before = os.umask(0)
    try:
        folder = made(tmp_path)
    finally:
        os.umask(before)
    for name in ("secrets.json", "tls.key", "store.sqlite"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    """When making it fails half-way, nothing is left behind; an existing folder is not touched."""

    def broken(size: int) -> bytes:
        if size == 32 and broken.__dict__.setdefault("drawn", 0) > 0:
            raise OSError("no randomness left")
        broken.__dict__["drawn"] = broken.__dict__.get("drawn", 0) + 1
        return bytes(size)

    with pytest.raises(OSError, match="no randomness"):
        made(tmp_path, randomness=broken)
    assert list(tmp_path.iterdir()) == []
    folder = made(tmp_path)
    kept = (folder / "secrets.json").read_bytes()
    with pytest.raises(InputError, match=r"helper\.exists"):
        made(tmp_path)
    assert (folder / "secrets.json").read_bytes() == kept


def test_what_was_made_is_read_back_and_shown_nowhere(tmp_path: Path) -> None:
    """The identity has the keys of its roster entry; its repr shows none of them."""
    identity = load_helper(made(tmp_path))
    assert identity.party == 1
    assert identity.keys.public.sign_key == identity.entry.sign_key
    assert certificate_digest(identity.certificate_path.read_bytes()) == identity.entry.certificate
    assert identity.noise_seed.hex() not in repr(identity)
    assert str(identity.noise_seed) not in repr(identity)


@pytest.mark.parametrize("name", ["secrets.json", "tls.key"])
def test_a_helper_does_not_start_with_keys_that_others_may_read(tmp_path: Path, name: str) -> None:
    """A private file with open permissions is refused, by name."""
    folder = made(tmp_path)
    (folder / name).chmod(0o640)
    with pytest.raises(InputError, match=r"helper\.open"):
        load_helper(folder)


def test_what_is_no_helpers_folder_is_refused(tmp_path: Path) -> None:
    """A folder without the files, or with broken ones, is named as such."""
    with pytest.raises(InputError, match=r"helper\.directory"):
        load_helper(tmp_path)
    (tmp_path / "helper.json").write_text("{")
    with pytest.raises(InputError, match=r"helper\.directory"):
        load_helper(tmp_path)


@pytest.mark.parametrize(
    ("url", "peer"),
    [
        ("http://h:1", "h:1"),
        ("https://h", "h:1"),
        ("https://h:1", "h"),
        ("https://h:1", "h:0"),
        ("https://h:1", "h:70000"),
        ("h:1", "h:1"),
    ],
)
def test_addresses_that_cannot_be_are_refused(url: str, peer: str) -> None:
    """Desks reach a helper by https://HOST:PORT, its peers by HOST:PORT."""
    with pytest.raises(InputError, match=r"helper\.address"):
        check_addresses(url, peer)


def test_an_address_of_the_sixth_version_is_read() -> None:
    """[::1]:8443 is a host and a port."""
    assert split_address("[::1]:8443") == ("::1", 8443)


@given(st.binary(min_size=32, max_size=32))
def test_noise_repeats_itself_for_one_plan_and_set_and_for_no_other(
    tmp_path_factory: pytest.TempPathFactory, salt: bytes
) -> None:
    """The noise key is a function of seed, salt, plan and set: an attempt more gives no new noise to average."""
    identity = load_helper(made(tmp_path_factory.mktemp("keys")))
    root = identity.noise_root(salt)
    key = noise_key(root, DIGEST, SET)
    assert key == noise_key(identity.noise_root(salt), DIGEST, SET)
    others = {noise_key(identity.noise_root(bytes(32)), DIGEST, SET) if salt != bytes(32) else b""}
    others |= {noise_key(root, SET, SET), noise_key(root, DIGEST, DIGEST)}
    assert key not in others
    assert noise_commitment(root) not in (root.hex(), key.hex())


def _serve_once(context: ssl.SSLContext) -> int:
    """Answer one TLS handshake on loopback; give the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as line:
                line.recv(1)
        except OSError:
            plain.close()
        listener.close()

    threading.Thread(target=answer, daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


def test_the_pinned_certificate_opens_tls_1_3_and_another_does_not(tmp_path: Path) -> None:
    """A client that pins the certificate connects with TLS 1.3; one that pins another is turned away by its own check."""
    folder = made(tmp_path)
    context = server_context(folder / "tls.pem", folder / "tls.key")
    pem = (folder / "tls.pem").read_bytes()
    with (
        socket.create_connection(("127.0.0.1", _serve_once(context))) as plain,
        pinned_context(pem).wrap_socket(plain) as line,
    ):
        assert line.version() == "TLSv1.3"
    _, stranger = lasting_certificate(PartyNumber(1), HandClock().now())
    with (
        socket.create_connection(("127.0.0.1", _serve_once(context))) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        pinned_context(stranger).wrap_socket(plain)


def test_a_helper_with_another_certificate_than_the_rosters_is_not_believed(tmp_path: Path) -> None:
    """The certificate that is shown is kept only when its hash is the roster's."""
    folder = made(tmp_path)
    context = server_context(folder / "tls.pem", folder / "tls.key")
    digest = certificate_digest((folder / "tls.pem").read_bytes())
    seat = PartyNumber(1)
    assert certificate_digest(fetch_certificate(seat, "127.0.0.1", _serve_once(context), digest)) == digest
    with pytest.raises(PeerError, match=r"peer\.certificate"):
        fetch_certificate(seat, "127.0.0.1", _serve_once(context), "00" * 32)


def test_nobody_there_is_told_as_such() -> None:
    """A port where nobody listens gives the named error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(PeerError, match=r"peer\.unreachable"):
        fetch_certificate(PartyNumber(2), "127.0.0.1", port, "00" * 32)
