"""The journal's lines: every fact with its lead, its time, its cause and the version that decided it."""

from collections.abc import Mapping

import orjson

from schemas.fact import NAMES, Fact

_BEGIN: Mapping[type, bytes] = {kind: b'{"fact":"%b",' % name.encode() for kind, name in NAMES.items()}


def about(lead: str, time: str, cause: str, agreement: int) -> bytes:
    """What the lines of one message have in common, as a piece of JSON.

    `time` is RFC 3339, `cause` is topic letter, partition, offset.
    """
    name = orjson.dumps(lead).decode()
    return f'"lead":{name},"at":"{time}","cause":"{cause}","agreement":{agreement},"data":'.encode()


def line(common: bytes, fact: Fact) -> bytes:
    """The line of one fact, made from what the lines of its message have in common."""
    return _BEGIN[type(fact)] + common + orjson.dumps(fact) + b"}"
