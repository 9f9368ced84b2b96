"""The journal's lines: every fact with its lead, its time, its cause and the version that decided it."""

import re
from collections.abc import Mapping
from typing import get_args

import orjson

from schemas import fact as f

NAMES: Mapping[type, str] = {
    kind: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(f.Fact)
}
"""Facts by their names in the journal: `handed_over`."""


def line(lead: str, time: str, cause: str, agreement: int, fact: f.Fact) -> bytes:
    """One line; `time` is RFC 3339, `cause` is topic letter, partition, offset."""
    return orjson.dumps(
        {
            "fact": NAMES[type(fact)],
            "lead": lead,
            "at": time,
            "cause": cause,
            "agreement": agreement,
            "data": fact,
        }
    )
