"""The second factor: codes of an authenticator application (TOTP), passkeys (WebAuthn), recovery codes on paper.

Required of directors, a choice for others. TOTP is RFC 6238 with the usual 6 digits and 30 seconds, one step of drift;
a step is accepted once. Passkeys go through `fido2`, the library under django-allauth's (ADR 0040 says why not its pages).
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote, urlencode

import qrcode  # type: ignore[import-untyped]  # published without types; two calls
from django.db import transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]  # as above

from sansnom.desk.accounts.models import Colleague, Role, SecondFactor
from sansnom.desk.house.models import Organization

STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 8
GRACE: Final = timedelta(days=7)
"""How long after a desk is made its directors may still sign in without a second factor."""
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_secret() -> str:
    """Draw a TOTP secret."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """Compute the code of one step. Source: RFC 4226 section 5.3, RFC 6238."""
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = mac[-1] & 0x0F
    return f"{(int.from_bytes(mac[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def step_of(secret: str, code: str, after: int, now: float) -> int | None:
    """Give the step that a code belongs to, near now and later than the last one used; None when it is wrong or used."""
    told, here = "".join(code.split()), int(now) // STEP_SECONDS
    found = None
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), told.encode()) and step > after:
            found = step
    return found


def address_of(colleague: Colleague, secret: str) -> str:
    """Give the otpauth address that an application reads from the picture."""
    organization = Organization.objects.first()
    issuer = f"sansnom {organization.name}" if organization else "sansnom"
    told = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{colleague.sign_in_name}')}?{told}"


def picture_of(address: str) -> str:
    """Draw the address as a data: image, black on white in any theme."""
    drawn = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, box_size=12).save(drawn)
    svg = drawn.getvalue().replace(b"<path", b'<rect width="100%" height="100%" fill="#fff"/><path', 1)
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def has_factor(colleague: Colleague) -> bool:
    """Tell whether a second factor is asked of this colleague: recovery codes alone are none."""
    return SecondFactor.objects.filter(colleague=colleague).exclude(kind=SecondFactor.CODE).exists()


def directors_without_factor() -> list[Colleague]:
    """List the directors who have none yet."""
    directors = Colleague.objects.filter(role=Role.DIRECTOR, is_active=True)
    return [director for director in directors if not has_factor(director)]


def must_add(colleague: Colleague) -> bool:
    """Tell whether this colleague may go nowhere before adding a second factor: a director, once the first days are over."""
    if colleague.role != Role.DIRECTOR or has_factor(colleague):
        return False
    organization = Organization.objects.first()
    return organization is not None and organization.created_at + GRACE < timezone.now()


@transaction.atomic
def add_totp(colleague: Colleague, secret: str, code: str) -> bool:
    """Take an application whose code is right; one that was there before is replaced."""
    step = step_of(secret, code, 0, time.time())
    if step is None:
        return False
    SecondFactor.objects.filter(colleague=colleague, kind=SecondFactor.TOTP).delete()
    SecondFactor.objects.create(colleague=colleague, kind=SecondFactor.TOTP, secret=secret, used_step=step)
    return True


@transaction.atomic
def accept_code(colleague: Colleague, code: str) -> bool:
    """Tell whether a code is right, of the application or of the paper, and use it up."""
    now = timezone.now()
    for factor in SecondFactor.objects.select_for_update().filter(colleague=colleague, kind=SecondFactor.TOTP):
        step = step_of(factor.secret, code, factor.used_step, now.timestamp())
        if step is not None:
            factor.used_step, factor.used_at = step, now
            factor.save(update_fields=["used_step", "used_at"])
            return True
    used, _ = SecondFactor.objects.filter(
        colleague=colleague, kind=SecondFactor.CODE, secret=_hashed(colleague, code)
    ).delete()
    return bool(used)


def _hashed(colleague: Colleague, code: str) -> str:
    told = "".join(sign for sign in code.upper() if sign in _SIGNS)
    return hashlib.sha256(f"{colleague.pk}|{told}".encode()).hexdigest()  # 10 signs of 31, drawn: nothing to stretch


@transaction.atomic
def new_recovery_codes(colleague: Colleague) -> list[str]:
    """Draw codes for paper, in place of earlier ones; they are shown once."""
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    SecondFactor.objects.filter(colleague=colleague, kind=SecondFactor.CODE).delete()
    SecondFactor.objects.bulk_create(
        SecondFactor(colleague=colleague, kind=SecondFactor.CODE, secret=_hashed(colleague, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _server(host: str) -> Fido2Server:
    """Give the WebAuthn server of this desk's host name; a passkey of another name is not its own."""
    return Fido2Server(PublicKeyCredentialRpEntity(name="sansnom", id=host.rpartition(":")[0] or host))


def _passkeys(colleague: Colleague) -> list[tuple[SecondFactor, AttestedCredentialData]]:
    found = SecondFactor.objects.filter(colleague=colleague, kind=SecondFactor.PASSKEY)
    return [(factor, AttestedCredentialData(websafe_decode(factor.secret))) for factor in found]


def begin_passkey(colleague: Colleague, host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what the browser needs to make a passkey, and the state to keep in the session. No name goes to the device."""
    handle = hashlib.sha256(f"sansnom|{colleague.pk}".encode()).digest()[:16]
    entity = PublicKeyCredentialUserEntity(name="sansnom", id=handle, display_name="sansnom")
    held = [credential for _, credential in _passkeys(colleague)]
    options, state = _server(host).register_begin(entity, held, user_verification=UserVerificationRequirement.PREFERRED)
    return dict(options), state


def finish_passkey(colleague: Colleague, host: str, state: Mapping[str, Any], answer: str, name: str) -> bool:
    """Keep the passkey that the browser made; False when its answer is not one for this page."""
    try:
        made = _server(host).register_complete(dict(state), json.loads(answer)).credential_data
    except Exception:  # noqa: BLE001 - whatever the library says of a forged answer, the answer is no
        return False
    if made is None:
        return False
    SecondFactor.objects.create(
        colleague=colleague, kind=SecondFactor.PASSKEY, name=name[:80], secret=websafe_encode(bytes(made))
    )
    return True


def ask_passkey(colleague: Colleague, host: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Give what the browser needs to show a passkey, and the state; None when the colleague has none."""
    held = [credential for _, credential in _passkeys(colleague)]
    if not held:
        return None
    options, state = _server(host).authenticate_begin(held, UserVerificationRequirement.PREFERRED)
    return dict(options), state


def accept_passkey(colleague: Colleague, host: str, state: Mapping[str, Any], answer: str) -> bool:
    """Tell whether the browser's answer is signed by one of the colleague's passkeys, for this page and this question."""
    held = _passkeys(colleague)
    try:
        shown = _server(host).authenticate_complete(dict(state), [one for _, one in held], json.loads(answer))
    except Exception:  # noqa: BLE001 - as above
        return False
    for factor, credential in held:
        if credential.credential_id == shown.credential_id:
            SecondFactor.objects.filter(pk=factor.pk).update(used_at=timezone.now())
    return True
