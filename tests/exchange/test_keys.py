"""Keys of desks and helpers: made, written, read, compared by voice, never shown."""

import pytest

from sansnom.exchange.keys import PrivateKeys, PublicKeys, fingerprint
from sansnom.exchange.seal import OVERHEAD_BYTES, open_sealed, seal_to
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from tests.exchange.examples import keys_of, seeded

AUBE, BRISE = keys_of("aube"), keys_of("brise")


def test_keys_come_back_from_their_files() -> None:
    """Both files are read back to the same keys."""
    assert PrivateKeys.from_json(AUBE.to_json_secret()) == AUBE
    assert PublicKeys.from_json(AUBE.public.to_json()) == AUBE.public


def test_the_fingerprint_is_ten_groups_of_four_digits_and_differs() -> None:
    """What is read aloud is digits only, and depends on both keys."""
    told = AUBE.public.fingerprint
    assert [len(group) for group in told.split(" ")] == [4] * 10
    assert told.replace(" ", "").isdigit()
    assert told == fingerprint(AUBE.public.sign_key, AUBE.public.seal_key)
    others = {
        BRISE.public.fingerprint,
        fingerprint(AUBE.public.sign_key, BRISE.public.seal_key),
        fingerprint(BRISE.public.sign_key, AUBE.public.seal_key),
    }
    assert len(others | {told}) == 4


@pytest.mark.guarantee("G-10")
def test_private_keys_are_shown_nowhere() -> None:
    """Neither printing a private key nor an error about its file shows any of it."""
    secret = AUBE.to_json_secret()
    shown = [repr(AUBE), str(AUBE), f"{[AUBE]}"]
    for bad in ({**secret, "sign": secret["sign"][:-4]}, {**secret, "seal": secret["sign"]}, {**secret, "more": 1}):
        with pytest.raises(SansnomError) as wrong:
            PrivateKeys.from_json(bad)
        shown.append(f"{wrong.value!s} {wrong.value!r}")
    for text in shown:
        assert secret["sign"][:8] not in text
        assert secret["seal"][:8] not in text
        assert AUBE.sign_seed.hex()[:8] not in text


@pytest.mark.parametrize("bad", ["", "AAAA", "é", "!!!!", "A" * 44])
def test_what_is_no_key_is_refused(bad: str) -> None:
    """A roster cannot name a key that is none."""
    with pytest.raises(InputError, match=r"keys\.(encoding|size)"):
        PublicKeys(bad, AUBE.public.seal_key)
    with pytest.raises(InputError, match=r"keys\.(encoding|size)"):
        PublicKeys(AUBE.public.sign_key, bad)


def test_what_is_sealed_opens_for_its_reader_about_its_subject_only() -> None:
    """Another key, another subject, a flipped bit anywhere: nothing opens, and nothing says why."""
    sealed = seal_to(AUBE.public.seal_key, b"rows", b"plan 1")
    assert len(sealed) == len(b"rows") + OVERHEAD_BYTES
    assert open_sealed(AUBE.sealing, sealed, b"plan 1") == b"rows"
    tries = [
        (BRISE.sealing, sealed, b"plan 1"),
        (AUBE.sealing, sealed, b"plan 2"),
        (AUBE.sealing, sealed[:-1], b"plan 1"),
    ]
    for place in range(0, len(sealed), 37):
        flipped = sealed[:place] + bytes([sealed[place] ^ 4]) + sealed[place + 1 :]
        tries.append((AUBE.sealing, flipped, b"plan 1"))
    for private_key, text, about in tries:
        with pytest.raises(PolicyRefusal, match=r"seal\.broken"):
            open_sealed(private_key, text, about)


def test_sealing_twice_gives_different_bytes() -> None:
    """Equal contents cannot be recognized: an abstention sealed twice looks like anything else."""
    assert seal_to(AUBE.public.seal_key, b"0", b"") != seal_to(AUBE.public.seal_key, b"0", b"")


def test_generated_keys_follow_the_randomness_given() -> None:
    """The port decides: one seed gives one pair of keys, another gives another."""
    assert PrivateKeys.generate(seeded("a")) == PrivateKeys.generate(seeded("a"))
    assert PrivateKeys.generate(seeded("a")) != PrivateKeys.generate(seeded("b"))
