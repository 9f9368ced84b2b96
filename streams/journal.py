"""The journal's lines: every fact with its lead, its time, its cause and the version that decided it."""

import orjson

from schemas.fact import NAMES, Fact


def line(lead: str, time: str, cause: str, agreement: int, fact: Fact) -> bytes:
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
