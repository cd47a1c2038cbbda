"""The line to one helper: HTTPS, with the certificate that the roster names and no other.

A desk calls it to submit, to fetch receipts and verdicts; a convener to ask for keys, hand in a plan and close it. The same
requests, in the same order and of the same sizes, whatever an organization decided.
"""

import hashlib
import json
import re
import ssl
from types import TracebackType
from typing import Any, Final, Self, TypeGuard
from urllib.parse import urlsplit

import httpx

from sansnom.terms.errors import Finding, InputError, Parameter, PeerError, PolicyRefusal
from sansnom.terms.party import PartyNumber
from sansnom.terms.roster import Helper

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 120.0
WORD_CHARACTERS_MOST: Final = 200
FINDINGS_MOST: Final = 100
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,4}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
WAITS: Final = ("busy", "rate", "body.slow")
"""What a helper says when it has no room just now, or a line was too slow: no decision about what was sent. Try again later."""


class HelperLine:
    """Speaks with one helper. A certificate that the roster does not name ends in PeerError `helper.certificate`."""

    def __init__(self, helper: Helper, party: PartyNumber) -> None:
        """Take the helper as the roster names it; nothing is sent yet."""
        self._helper, self._party = helper, party
        self._client: httpx.Client | None = None

    def __enter__(self) -> Self:
        """Open the line."""
        self._client = httpx.Client(
            base_url=self._helper.url,
            verify=self._pinned(),
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the line."""
        if self._client is not None:
            self._client.close()

    def get(self, path: str) -> Any:  # noqa: ANN401 - a JSON object, checked by whoever asked
        """Fetch one public JSON file."""
        return self._ask("GET", path, None)

    def put(self, path: str, body: bytes) -> Any:  # noqa: ANN401 - as above
        """Hand in a plan or a submission."""
        return self._ask("PUT", path, body)

    def post(self, path: str, body: bytes) -> Any:  # noqa: ANN401 - as above
        """Send a signed order."""
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:  # noqa: ANN401 - as above
        if self._client is None:
            raise PeerError("helper.line_closed", self._party)
        try:
            answer = self._client.request(method, path, content=body)
            told = answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError):
            raise PeerError("helper.unreachable", self._party) from None
        if answer.is_success:
            return told
        raise self._refusal(told)

    def _refusal(self, told: object) -> Exception:
        """Turn a helper's refusal into ours; what is not of its form is the helper's fault."""
        if not isinstance(told, dict) or not _is_code(told.get("code")):
            return PeerError("helper.answer", self._party)
        if told["code"] in WAITS:
            return PeerError("helper.busy", self._party)
        listed = told.get("findings")
        findings = tuple(
            Finding(f["code"], str(f.get("where"))[:WORD_CHARACTERS_MOST], _parameters(f))
            for f in (listed if isinstance(listed, list) else [])[:FINDINGS_MOST]
            if isinstance(f, dict) and _is_code(f.get("code"))
        )
        return PolicyRefusal(told["code"], findings, **{**_parameters(told), "party": int(self._party)})

    def _pinned(self) -> ssl.SSLContext:
        """Trust this very certificate: fetched, compared with the roster's hash, and then the only one accepted."""
        address = urlsplit(self._helper.url)
        if address.scheme != "https" or not address.hostname:
            raise InputError("helper.address", where="roster.helpers.url")
        try:
            shown = ssl.get_server_certificate((address.hostname, address.port or 443), timeout=CONNECT_SECONDS)
        except OSError:
            raise PeerError("helper.unreachable", self._party) from None
        if hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest() != self._helper.certificate:
            raise PeerError("helper.certificate", self._party)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False  # the certificate itself is pinned: a name would add nothing
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=shown)
        return context


def _is_code(told: object) -> TypeGuard[str]:
    """Say whether a helper's code can be one of ours: it stands in the name of a sentence, never in the sentence."""
    return isinstance(told, str) and _CODE.fullmatch(told) is not None


def _parameters(told: dict[str, Any]) -> dict[str, Parameter]:
    """Take the parameters of an answer that can stand in a sentence: numbers, words, lists of words, none of them long."""
    given = told.get("parameters")
    found: dict[str, Parameter] = {}
    for name, value in (given if isinstance(given, dict) else {}).items():
        if not _NAME.fullmatch(name) or name in ("self", "code", "findings", "party"):
            continue
        if isinstance(value, (str, int)):
            found[name] = value[:WORD_CHARACTERS_MOST] if isinstance(value, str) else value
        elif isinstance(value, list):
            found[name] = tuple(str(item)[:WORD_CHARACTERS_MOST] for item in value[:FINDINGS_MOST])
    return found


def as_body(envelope: dict[str, Any]) -> bytes:
    """Write a signed file as the body of a request."""
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
