"""Unpacks what a fetch brought: records in order, without markers, and without what was aborted."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from aiokafka import TopicPartition
from aiokafka.errors import CorruptRecordException
from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.memory_records import MemoryRecords

from agents.engine.headers import mended
from agents.engine.wire import Fetched


class Read(NamedTuple):
    """One record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


T = TypeVar("T")
_new = tuple.__new__  # half the price of calling the class, which counts once a record


Row = tuple[bytes | None, bytes | None]
"""A record's key and value, where nothing else is asked for."""


class Unpacking:
    """The records of one partition's answer, unpacked batch by batch as they are asked for.

    Attributes:
        position: The offset of the next record to be read; beyond markers and aborted records too.
    """

    def __init__(self, fetched: Fetched, offset: int, *, committed: bool) -> None:
        self.place, self.position, self._data = fetched.place, offset, fetched.records
        self._memory = MemoryRecords(fetched.records)
        self._aborted = sorted(fetched.aborted, key=lambda each: each[1]) if committed else []
        self._aborting = set[int]()

    @property
    def left(self) -> bool:
        """Whether there may be more."""
        return bool(self._memory.has_next())

    def records(self, most: int | None) -> list[Read]:
        """Give the next batches, until there are so many records or more.

        Raises:
            CorruptRecordException: A batch is not what its checksum says.
        """
        return self._take(self._reads, most)

    def rows(self, most: int | None) -> list[Row]:
        """Give the same, of each record its key and value alone, for a third of the price."""
        return self._take(self._rows, most)

    def _take(self, unpack: Callable[[Any], list[T]], most: int | None) -> list[T]:
        taken: list[T] = []
        while self.left and (most is None or len(taken) < most):
            batch = self._memory.next_batch()
            if not batch.validate_crc():
                raise CorruptRecordException(f"{_name(self.place)}, offset {batch.base_offset}")
            if self._counts(batch):
                try:
                    taken += unpack(batch)
                except UnicodeDecodeError:
                    taken += unpack(next(mended(self._data, self.position)))
            self.position = max(self.position, batch.next_offset)
        return taken

    def _counts(self, batch: Any) -> bool:
        """Whether this is neither the end of a transaction nor part of an aborted one."""
        # A fetch may begin at a marker, and the broker names the transaction that it ends: first begun, then ended.
        while self._aborted and self._aborted[0][1] < batch.next_offset:
            self._aborting.add(self._aborted.pop(0)[0])
        if batch.is_control_batch:
            if ControlRecord.parse(next(batch).key) == ABORT_MARKER:
                self._aborting.discard(batch.producer_id)
            return False
        return not (batch.is_transactional and batch.producer_id in self._aborting)

    def _reads(self, batch: Any) -> list[Read]:
        (topic, partition), first = self.place, self.position
        return [
            _new(Read, (topic, partition, record.offset, record.timestamp, record.key, record.value, record.headers))
            for record in batch
            if record.offset >= first
        ]

    def _rows(self, batch: Any) -> list[Row]:
        first = self.position
        return [(record.key, record.value) for record in batch if record.offset >= first]


def _name(place: TopicPartition) -> str:
    return f"{place.topic}, partition {place.partition}"
