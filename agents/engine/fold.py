"""What the engine asks of the logic that it runs, and what it hands to it: it knows nothing else of it."""

from collections.abc import Callable, Sequence
from typing import Protocol


class Record(Protocol):
    """One record of an input topic or of the changelog; aiokafka's `ConsumerRecord` is one."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Output(Protocol):
    """One record to be published: to the lane's own partition of its topic, unless the settings have a route for it."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def key(self) -> bytes | None:
        """The record key."""

    @property
    def value(self) -> bytes | None:
        """The record value; key and value are not both None."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """The record headers, in order."""


class Harvest(Protocol):
    """What one transaction has to write for one lane."""

    @property
    def rows(self) -> Sequence[tuple[bytes, bytes | None]]:
        """Changed rows of the changelog, by key; None deletes a row."""

    @property
    def outputs(self) -> Sequence[Output]:
        """Records to publish, in order."""


class Fold(Protocol):
    """The state of one lane and the logic that changes it. Called from one thread, never concurrently.

    A fold may have an attribute `urgent`: true while it holds something that readers wait for, so that the
    transaction is not put off. A fold without one is always in a hurry.
    """

    def restore(self, key: bytes, value: bytes | None) -> None:
        """Take one row of this lane's changelog, oldest first; None deletes the row."""

    def take(self, record: Record) -> object:
        """Fold one input record. An exception is a bug: it ends the process, and nothing of it is written."""

    def harvest(self) -> Harvest:
        """Give what must be written since the last harvest. Records may be taken before `committed` is called."""

    def committed(self) -> None:
        """Hear that the last harvest is in the log."""


NewFold = Callable[[int], Fold]
"""Makes the empty fold of a lane, given its partition number."""
