"""A record as it lies in the log: what a lane reads, wherever it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

HELD = "ce_heldfrom"
"""An extension attribute of CloudEvents: the place where the message lay when it began to wait for its time."""


class Record(Protocol):
    """A record of an input topic; `timestamp` is when it arrived there (ms since the epoch)."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Line:
    """A record that was never in Kafka."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
