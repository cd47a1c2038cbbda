"""Reading what a page's script sends while somebody types: names of fields and their values, as one JSON list of pairs."""

import json
from typing import Any, Final

FIELD: Final = "draft"
NEVER_KEPT: Final = ("password", "passphrase", "csrf", "code", "secret", FIELD)
CHARACTERS_MAX: Final = 200_000


def read_fields(told: str) -> list[list[str]] | None:
    """Read [[name, value], ...]; None when it is something else. What is secret is never kept."""
    if len(told) > CHARACTERS_MAX:
        return None
    try:
        pairs: Any = json.loads(told)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, list):
        return None
    return [
        [str(pair[0]), str(pair[1])]
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and not any(word in str(pair[0]).lower() for word in NEVER_KEPT)
    ]
