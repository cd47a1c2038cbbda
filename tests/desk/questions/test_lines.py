"""What a helper answers, as a desk takes it: what means "later" is no refusal, and nothing of it can break a page."""

import pytest

from sansnom.desk.lines import FINDINGS_MOST, WAITS, WORD_CHARACTERS_MOST, HelperLine
from sansnom.terms.errors import PeerError, PolicyRefusal
from sansnom.terms.party import PARTIES
from tests.exchange import examples


def taken(told: object) -> Exception:
    """Give the error that a desk makes of a helper's refusal."""
    return HelperLine(examples.helper(1), PARTIES[1])._refusal(told)


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("code", WAITS)
def test_a_helper_that_has_no_room_is_one_to_try_again(code: str) -> None:
    """Busy, too many requests, a body that came too slowly: the courier tries again with the same bytes."""
    error = taken({"code": code, "parameters": {"seconds": 5}, "findings": []})
    assert isinstance(error, PeerError)
    assert (error.code, error.party) == ("helper.busy", 1)


def test_a_helpers_own_refusal_keeps_its_code_and_what_fills_its_sentence() -> None:
    """Numbers and words, bounded; a name that would break our own error is left out; a code that is none is the helper's fault."""
    error = taken({"code": "submission.closed", "parameters": {"self": 1, "code": 2, "rows": 3, "plan": "x" * 999}})
    assert isinstance(error, PolicyRefusal)
    assert error.parameters == {"rows": 3, "plan": "x" * WORD_CHARACTERS_MOST, "party": 1}
    many = taken({"code": "rule.refused", "findings": [{"code": "rule.few", "where": "plan"}] * (FINDINGS_MOST + 9)})
    assert len(getattr(many, "findings", ())) == FINDINGS_MOST
    answers: tuple[object, ...] = (None, [], {"code": 3}, {"code": "<b>"}, {"code": "a" + ".a" * 9})
    for broken in answers:
        assert getattr(taken(broken), "code", "") == "helper.answer"
