"""One partition of the model broker: batches and markers at offsets, open transactions, the last stable offset."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from aiokafka import TopicPartition
from aiokafka.errors import InvalidProducerEpoch, OffsetOutOfRangeError, OutOfOrderSequenceNumber

from agents.engine.wire import Fetched
from tests.simulation.batch import NO_PRODUCER, Batch

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
        self._batches: list[Batch] = []
        self._watchers: dict[object, Callable[[], None]] = {}
        self._open: dict[int, Span] = {}
        self._aborted: list[tuple[int, int, int]] = []
        self._epochs: dict[int, int] = {}
        self._sequences: dict[int, tuple[int, int]] = {}

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
        self._keep(Batch(made, NO_PRODUCER if producer is None else producer.pid))
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
            if not commit:
                self._aborted.append((producer.pid, span.first, self.end))
        marker = Record(self.topic, self.partition, self.end, 0, None, b"", (), None, marker=True)
        self._keep(Batch([marker], producer.pid, commit=commit))

    def _keep(self, batch: Batch) -> None:
        self._batches.append(batch)
        self.history += batch.records
        self.end += len(batch.records)
        self.stable = min((span.first for span in self._open.values()), default=self.end)
        watchers, self._watchers = self._watchers, {}
        for call in watchers.values():
            call()

    def watch(self, key: object, call: Callable[[], None]) -> None:
        """Have this called once when something new is there; it takes the place of what had the same key."""
        self._watchers[key] = call

    def fetch(self, offset: int, records_max: int, *, committed: bool) -> Fetched:
        """Give whole batches from the one of this offset on, with so many records or a batch more.

        Raises:
            OffsetOutOfRangeError: The offset is not there.
        """
        if not self.start <= offset <= self.end:
            raise OffsetOutOfRangeError({})
        bound, place = self.stable if committed else self.end, TopicPartition(self.topic, self.partition)
        data, count, following = b"", 0, offset
        for at in range(bisect_left(self._batches, offset, key=attrgetter("last")), len(self._batches)):
            batch = self._batches[at]
            if batch.base >= bound or count >= records_max:
                break
            data, count, following = data + batch.data, count + len(batch.records), batch.last + 1
        aborted = [(pid, first) for pid, first, last in self._aborted if last >= offset and first < following]
        return Fetched(place, 0, self.stable, aborted if committed else (), data)

    def read(self) -> list[Record]:
        """Give the committed records that are there."""
        records = (record for batch in self._batches for record in batch.records)
        return [record for record in records if self.start <= record.offset < self.stable and record.committed]

    def cut(self, offset: int) -> None:
        """Drop what is older, as retention does; the batch that holds the new start stays whole."""
        self.start = max(self.start, min(offset, self.stable))
        self._batches = [batch for batch in self._batches if batch.last >= self.start]

    def compact(self) -> None:
        """Keep the last committed record of each key, and what is not stable yet; markers stay."""
        stable = self.read()
        last = {record.key: record.offset for record in stable}
        for batch in self._batches:
            if batch.commit is None and batch.last < self.stable:
                left = [r for r in batch.records if r.committed and last.get(r.key) == r.offset]
                if len(left) < len(batch.records):
                    batch.keep(left)
        self._batches = [batch for batch in self._batches if batch.records]
