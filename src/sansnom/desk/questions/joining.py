"""Joining: the desk's own keys, the roster it is on, the secret of the year. Each step can be taken again; none sends anything."""

import json
import os
from dataclasses import replace
from typing import Final

from django.utils import timezone

from sansnom.desk.questions.believing import read_roster
from sansnom.desk.questions.board import board_at
from sansnom.desk.questions.models import Membership
from sansnom.exchange.keeper import read_letter
from sansnom.exchange.keys import PrivateKeys, Randomness
from sansnom.exchange.pepper import GroupSecret
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.party import PartyNumber
from sansnom.terms.roster import Helper, Organization, Roster

ONLY: Final = 1


def membership() -> Membership:
    """Give the one membership of this desk, empty at first."""
    return Membership.objects.get_or_create(pk=ONLY)[0]


def make_keys(member: Membership, randomness: Randomness = os.urandom) -> PrivateKeys:
    """Make the desk's keys, once: they never leave the encrypted database, and no second pair replaces them by mistake."""
    if member.private_keys:
        raise PolicyRefusal("questions.keys_exist")
    keys = PrivateKeys.generate(randomness)
    member.private_keys = canonical_bytes(dict(keys.to_json_secret())).decode()
    member.keys_made_at = timezone.now()
    member.save(update_fields=["private_keys", "keys_made_at"])
    return keys


def keys_of(member: Membership) -> PrivateKeys:
    """Give the desk's keys; PolicyRefusal `questions.no_keys` before they are made."""
    if not member.private_keys:
        raise PolicyRefusal("questions.no_keys")
    return PrivateKeys.from_json(_json(member.private_keys))


def set_board(member: Membership, place: str) -> None:
    """Say where the board is, once and for all questions."""
    board_at(place.strip())
    member.board_place = place.strip()
    member.save(update_fields=["board_place"])


def roster_on_board(member: Membership) -> object:
    """Fetch the roster's file; InputError where there is none."""
    if not member.board_place:
        raise InputError("questions.no_board")
    with board_at(member.board_place) as board:
        envelope = board.fetch("roster.json")
    if envelope is None:
        raise InputError("board.no_roster", where="roster.json")
    return envelope


def entry_of(roster: Roster, keys: PrivateKeys) -> Organization:
    """Find this desk on a roster by both of its keys; PolicyRefusal `questions.not_on_roster`."""
    public = keys.public
    for organization in roster.organizations:
        if (organization.sign_key, organization.seal_key) == (public.sign_key, public.seal_key):
            return organization
    raise PolicyRefusal("questions.not_on_roster")


def place_in(roster: Roster, member: Membership) -> Organization:
    """Give this organization's entry on an earlier roster, for its own eyes: by its keys, or by its code since they were replaced.

    What is sealed and signed goes by keys alone (`entry_of`).
    """
    try:
        return entry_of(roster, keys_of(member))
    except PolicyRefusal:
        code = entry_of(joined_roster(member), keys_of(member)).code
        found = [organization for organization in roster.organizations if organization.code == code]
        if not found:
            raise
        return found[0]


def join(member: Membership, envelope: object, convener_key: str) -> Organization:
    """Join the roster that the director saw and confirmed: its convener's key is the only one believed from now on."""
    roster = read_roster(envelope, convener_key)
    entry = entry_of(roster, keys_of(member))
    member.roster = _written(envelope)
    member.convener_key, member.number, member.joined_at = convener_key, entry.number, timezone.now()
    member.save(update_fields=["roster", "convener_key", "number", "joined_at"])
    return entry


def joined_roster(member: Membership) -> Roster:
    """Give the roster that this desk joined; PolicyRefusal `questions.not_joined`."""
    if not member.roster or not member.convener_key:
        raise PolicyRefusal("questions.not_joined")
    return read_roster(_json(member.roster), member.convener_key)


def adopt(member: Membership, envelope: object) -> Roster:
    """Take a newer version of the roster; PolicyRefusal `questions.roster_changed` where a person must look first.

    A person must look when the convener's key or a helper is another one, when this organization's own entry is, and when the
    version goes back. A helper that renewed its certificate is the same helper: its keys sign and open, the certificate only
    carries, and it must be renewed before it ends without every director being asked.
    """
    held = joined_roster(member)
    try:
        offered = read_roster(envelope, member.convener_key)
    except PolicyRefusal:
        raise PolicyRefusal("questions.roster_changed") from None
    if offered.digest == held.digest:
        return held
    keys = keys_of(member)
    same_helpers = [uncertified(h) for h in offered.helpers] == [uncertified(h) for h in held.helpers]
    if offered.version <= held.version or not same_helpers or entry_of(offered, keys) != entry_of(held, keys):
        raise PolicyRefusal("questions.roster_changed")
    member.roster = _written(envelope)
    member.save(update_fields=["roster"])
    return offered


def uncertified(helper: Helper) -> Helper:
    """Give a helper's entry without its certificate: who it is, and where."""
    return replace(helper, certificate="")


def helper_now(named: Helper, party: PartyNumber) -> Helper:
    """Give a helper's entry as the roster of today has it: a question of an earlier roster names an earlier certificate.

    Only if the seat is still held by the same keys; another institution never answers for a question that did not name it.
    """
    member = Membership.objects.filter(pk=ONLY).first()
    if member is None or not member.roster:
        return named
    today = joined_roster(member).helpers[party]
    same = (today.sign_key, today.seal_key) == (named.sign_key, named.seal_key)
    return today if same else named


def replace_keys(member: Membership, randomness: Randomness = os.urandom) -> PrivateKeys:
    """Make other keys, for a desk whose machine was lost or stolen: the roster must name them before it takes part again.

    The convener's key stays: what the director once compared is still the only one believed. The year's secret goes with the old
    keys; the keeper's next letter brings one again.
    """
    keys_of(member)
    keys = PrivateKeys.generate(randomness)
    member.private_keys = canonical_bytes(dict(keys.to_json_secret())).decode()
    member.keys_made_at = timezone.now()
    member.roster, member.number, member.joined_at = "", None, None
    member.secret, member.secret_year, member.secret_step = None, "", 0
    member.save()
    return keys


def take_letter(member: Membership, letter: object) -> GroupSecret:
    """Open the keeper's letter; PolicyRefusal `questions.letter_old` for one that would turn the year's secret back."""
    roster, keys = joined_roster(member), keys_of(member)
    secret = read_letter(letter, roster, entry_of(roster, keys), keys.sealing)
    if member.secret is not None and member.secret_year == secret.year and secret.step < member.secret_step:
        raise PolicyRefusal("questions.letter_old")
    keep_secret(member, secret)
    return secret


def keep_secret(member: Membership, secret: GroupSecret) -> None:
    """Keep the secret of a step in the place of the one before; secure_delete overwrites what was there."""
    member.secret_year, member.secret_step, member.secret = secret.year, secret.step, secret.secret
    member.save(update_fields=["secret_year", "secret_step", "secret"])


def group_secret(member: Membership) -> GroupSecret:
    """Give the secret as far as this desk has stepped; PolicyRefusal `questions.no_letter` before a letter was read."""
    if member.secret is None:
        raise PolicyRefusal("questions.no_letter")
    return GroupSecret(member.secret_year, member.secret_step, bytes(member.secret))


def _written(envelope: object) -> str:
    return canonical_bytes(envelope).decode()  # type: ignore[arg-type]  # its reader has just found it to be JSON


def _json(text: str) -> object:
    told: object = json.loads(text)
    return told
