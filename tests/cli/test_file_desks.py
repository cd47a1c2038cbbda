"""Desks in memory, for `run`: they judge a question themselves before they seal anything."""

from dataclasses import replace

import pytest

from sansnom.cli.gathering import FileDesks
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import PolicyRefusal
from tests.exchange import examples


def sealed_nothing(_code: str, _done: int, _total: int) -> None:
    """Fail where a desk begins to work."""
    raise AssertionError("a desk began to seal")


@pytest.mark.guarantee("G-05")
def test_desks_in_memory_refuse_by_rule_before_they_seal() -> None:
    """A question with a threshold of one: refused with its rule, whatever the helpers would have said."""
    setting = examples.setting()
    wrong = Setting.of(replace(setting.plan, threshold=1), setting.roster, setting.dictionary)
    with pytest.raises(PolicyRefusal) as refused:
        FileDesks().submit((), (), wrong, examples.pepper(), sealed_nothing)
    assert "rule.threshold" in {finding.code for finding in refused.value.findings}
