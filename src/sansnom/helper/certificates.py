"""TLS with pinned certificates: no authority vouches for anybody; the roster names each certificate by its hash.

A certificate is self-signed, ECDSA on P-256, valid for two years, and carries no name but "sansnom helper N".
"""

import hmac
import ssl
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sansnom.terms.errors import PeerError
from sansnom.terms.party import PartyNumber

VALID_DAYS: Final = 730


def make_certificate(party: PartyNumber, now: datetime) -> tuple[bytes, bytes]:
    """Make a fresh key and its self-signed certificate; give (key, certificate) as PEM."""
    fresh = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"sansnom helper {party}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(fresh.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(fresh, hashes.SHA256())
    )
    pem = fresh.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, certificate.public_bytes(serialization.Encoding.PEM)


def certificate_digest(pem: bytes) -> str:
    """Give the SHA-256 of a certificate's DER bytes, in hexadecimal: what the roster names. Its key may stand after it."""
    return sha256(x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)).hexdigest()


def server_context(certificate: Path, private_key: Path) -> ssl.SSLContext:
    """Speak TLS 1.3, and nothing older, with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, private_key)
    return context


def pinned_context(pem: bytes) -> ssl.SSLContext:
    """Trust exactly this certificate, whatever the name of the machine; TLS 1.3 only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the certificate itself is pinned: who holds its key is who we want
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem.decode("ascii"))
    return context


def fetch_certificate(party: PartyNumber, host: str, port: int, digest: str, timeout_seconds: float = 10.0) -> bytes:
    """Ask a helper for its certificate and keep it only if it is the one of the roster.

    Raises PeerError `peer.certificate` when it is another one, `peer.unreachable` when nobody answers.
    """
    try:
        pem = ssl.get_server_certificate((host, port), timeout=timeout_seconds).encode("ascii")
    except OSError:
        raise PeerError("peer.unreachable", party) from None
    if not hmac.compare_digest(certificate_digest(pem), digest):
        raise PeerError("peer.certificate", party)
    return pem
