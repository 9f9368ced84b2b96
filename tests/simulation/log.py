"""One partition of the model broker: records and markers at offsets, open transactions, the last stable offset."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from aiokafka.errors import InvalidProducerEpoch, OffsetOutOfRangeError, OutOfOrderSequenceNumber

Entry = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]
"""Key, value and headers of a record to be written."""


class Span:
    """What one transaction has in one partition: open, committed or aborted."""

    __slots__ = ("first", "state")

    def __init__(self, first: int) -> None:
        self.first, self.state = first, "open"


@dataclass(slots=True, eq=False)
class Record:
    """One offset. A marker is a record that no reader is given."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    span: Span | None = None
    marker: bool = False

    @property
    def committed(self) -> bool:
        return not self.marker and (self.span is None or self.span.state == "committed")


class Identity(NamedTuple):
    """A producer and its epoch; sequence: of the first record of a request."""

    pid: int
    epoch: int
    sequence: int = -1


class Log:
    """Records in order of their offsets, which have gaps once it was compacted.

    Attributes:
        start: The first offset that is still there.
        end: The high watermark: there is one replica.
        stable: The last stable offset: no transaction is open below it.
        history: Every record that ever was, by offset, whatever retention and compaction did.
    """

    def __init__(self, topic: str, partition: int) -> None:
        self.topic, self.partition = topic, partition
        self.start = self.end = self.stable = 0
        self.history: list[Record] = []
        self._watchers: dict[object, Callable[[], None]] = {}
        self._records: list[Record] = []
        self._open: dict[int, Span] = {}
        self._epochs: dict[int, int] = {}
        self._sequences: dict[int, tuple[int, int]] = {}

    def has_open(self, pid: int) -> bool:
        return pid in self._open

    def append(self, entries: Iterable[Entry], timestamp: int, producer: Identity | None = None) -> list[Record]:
        """Write records, in the producer's transaction if there is one. A request that came before is done already."""
        span = None
        if producer is not None:
            if not self._new(producer):
                return []
            span = self._open.setdefault(producer.pid, Span(self.end))
        made = [
            Record(self.topic, self.partition, offset, timestamp, *entry, span)
            for offset, entry in enumerate(entries, self.end)
        ]
        if producer is not None:
            self._sequences[producer.pid] = (producer.epoch, producer.sequence + len(made))
        self._keep(made)
        return made

    def _new(self, producer: Identity) -> bool:
        if producer.epoch < self._epochs.get(producer.pid, 0):
            raise InvalidProducerEpoch
        epoch, following = self._sequences.get(producer.pid, (-1, 0))
        expected = following if epoch == producer.epoch else 0
        if producer.sequence > expected:
            raise OutOfOrderSequenceNumber
        self._epochs[producer.pid] = producer.epoch
        return producer.sequence == expected

    def mark(self, producer: Identity, *, commit: bool) -> None:
        """Write the marker that ends the producer's transaction here."""
        self._epochs[producer.pid] = max(producer.epoch, self._epochs.get(producer.pid, 0))
        span = self._open.pop(producer.pid, None)
        if span is not None:
            span.state = "committed" if commit else "aborted"
        self._keep([Record(self.topic, self.partition, self.end, 0, None, None, (), None, marker=True)])

    def _keep(self, made: list[Record]) -> None:
        self._records += made
        self.history += made
        self.end += len(made)
        self.stable = min((span.first for span in self._open.values()), default=self.end)
        self.tell()

    def watch(self, key: object, call: Callable[[], None]) -> None:
        """Have this called once when something new is there; it takes the place of what had the same key."""
        self._watchers[key] = call

    def tell(self) -> None:
        """Wake whoever waits for something new."""
        watchers, self._watchers = self._watchers, {}
        for call in watchers.values():
            call()

    def read(self, offset: int, records_max: int, *, committed: bool) -> tuple[list[Record], int]:
        """Give records from this offset on, and where to go on after them."""
        if not self.start <= offset <= self.end:
            raise OffsetOutOfRangeError({})
        bound = self.stable if committed else self.end
        if offset >= bound:
            return [], offset
        found: list[Record] = []
        for at in range(bisect_left(self._records, offset, key=attrgetter("offset")), len(self._records)):
            record = self._records[at]
            if record.offset >= bound:
                return found, max(offset, bound)
            if len(found) == records_max:
                return found, record.offset
            if not record.marker and (not committed or record.span is None or record.span.state == "committed"):
                found.append(record)
        return found, max(offset, bound)

    def cut(self, offset: int) -> None:
        """Drop what is older, as retention does."""
        self.start = max(self.start, min(offset, self.stable))
        self._records = [record for record in self._records if record.offset >= self.start]

    def compact(self) -> None:
        """Keep the last committed record of each key, and what is not stable yet; markers stay."""
        stable = [record for record in self._records if record.offset < self.stable and record.committed]
        last = {record.key: record.offset for record in stable}
        self._records = [
            record
            for record in self._records
            if record.marker or record.offset >= self.stable or last.get(record.key) == record.offset
        ]
