"""The keeper's letter: the group secret of a year, sealed to each desk of a roster and to nobody else.

The keeper is itself a desk: neither helper, convener nor funder. The letter is public; only the sealed parts mean
anything, each to one desk. A desk that joins later gets the secret of the current step, so it cannot open what came
before.
"""

import base64
import binascii
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from sansnom.exchange.pepper import SECRET_BYTES, GroupSecret
from sansnom.exchange.seal import OVERHEAD_BYTES, open_sealed, seal_to
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.roster import Organization, Roster
from sansnom.transparency.signature import public_key_text, sign_object, verify_object

FORMAT: Final = "sansnom/group-secret/1"
KIND: Final = "group-secret"
_STEP_BYTES: Final = 4
SEALED_BYTES: Final = _STEP_BYTES + SECRET_BYTES + OVERHEAD_BYTES


def write_letter(group: GroupSecret, roster: Roster, keeper: str, private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """Seal the secret to every organization of the roster and sign the letter as the organization `keeper`.

    PolicyRefusal `keeper.stranger` unless `keeper` is on the roster under this signing key: a helper, the convener or
    the funder has no organization there.
    """
    _check_keeper(roster, keeper, public_key_text(private_key))
    secret = group.step.to_bytes(_STEP_BYTES, "big") + group.secret
    sealed = {
        str(o.number): base64.b64encode(seal_to(o.seal_key, secret, _about(group.year, o))).decode("ascii")
        for o in roster.organizations
    }
    signed = {
        "schema": FORMAT,
        "year": group.year,
        "roster_version": roster.version,
        "keeper": keeper,
        "sealed": sealed,
    }
    return sign_object(KIND, signed, private_key)


def read_letter(
    letter: object, roster: Roster, organization: Organization, private_key: MLKEM768X25519PrivateKey
) -> GroupSecret:
    """Open one desk's part of the letter, after checking that a desk of the roster wrote it."""
    signed = verify_object(KIND, letter, [o.sign_key for o in roster.organizations], 1)
    r = Reader(signed, "letter")
    r.expect("schema", FORMAT)
    year, keeper = r.string("year"), r.string("keeper")
    r.integer("roster_version", low=1)
    sealed = r.inner("sealed").string(str(organization.number), "")
    r.done()
    verify_object(KIND, letter, [_check_keeper(roster, keeper, "")], 1)
    if year != roster.year:
        raise PolicyRefusal("keeper.year", found=year, expected=roster.year)
    try:
        raw = base64.b64decode(sealed.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise PolicyRefusal("keeper.no_part") from None
    if len(raw) != SEALED_BYTES:
        raise PolicyRefusal("keeper.no_part")
    secret = open_sealed(private_key, raw, _about(year, organization))
    return GroupSecret(year, int.from_bytes(secret[:_STEP_BYTES], "big"), secret[_STEP_BYTES:])


def _check_keeper(roster: Roster, keeper: str, sign_key: str) -> str:
    """Give the keeper's signing key as the roster has it; refuse a keeper that is no desk, or another's key."""
    try:
        found = roster.organization(keeper).sign_key
    except KeyError:
        raise PolicyRefusal("keeper.stranger") from None
    if sign_key and sign_key != found:
        raise PolicyRefusal("keeper.stranger")
    return found


def _about(year: str, organization: Organization) -> bytes:
    return f"{FORMAT}\n{year}\n{organization.number}\n{organization.seal_key}".encode()
