"""Unpacks what a fetch brought: records in order, without markers, and without what was aborted."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

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


_new = tuple.__new__  # half the price of calling the class, which counts once a record


class Unpacking:
    """The records of one partition's answer, unpacked as they are asked for.

    Attributes:
        position: The offset of the next record to be read; beyond markers and aborted records too.
    """

    def __init__(self, fetched: Fetched, offset: int, *, committed: bool) -> None:
        self.place, self.position, self._data = fetched.place, offset, fetched.records
        self._aborted = sorted(fetched.aborted, key=lambda each: each[1]) if committed else []
        self._aborting = set[int]()
        self._records = self._unpack(MemoryRecords(fetched.records))

    def take(self, most: int | None) -> list[Read]:
        """Give the next records, at most so many.

        Raises:
            CorruptRecordException: A batch is not what its checksum says.
        """
        return list(islice(self._records, most))

    def _unpack(self, memory: MemoryRecords) -> Iterator[Read]:
        while memory.has_next():
            batch = memory.next_batch()
            if not batch.validate_crc():
                raise CorruptRecordException(f"{_name(self.place)}, offset {batch.base_offset}")
            if not batch.is_control_batch and not self._taken_back(batch):
                yield from self._readable(batch)
            elif batch.is_control_batch and ControlRecord.parse(next(batch).key) == ABORT_MARKER:
                self._aborting.discard(batch.producer_id)
            self.position = batch.next_offset

    def _taken_back(self, batch: Any) -> bool:
        """Whether the batch is part of an aborted transaction."""
        while self._aborted and self._aborted[0][1] < batch.next_offset:
            self._aborting.add(self._aborted.pop(0)[0])
        return batch.is_transactional and batch.producer_id in self._aborting

    def _readable(self, batch: Any) -> Iterator[Read]:
        """Go on, in a batch with a header name that is no UTF-8, with such names made readable."""
        try:
            yield from self._of(batch)
        except UnicodeDecodeError:
            yield from self._of(next(mended(self._data, self.position)))

    def _of(self, batch: Any) -> Iterator[Read]:
        (topic, partition), first = self.place, self.position
        for record in batch:
            offset = record.offset
            if offset >= first:
                self.position = offset + 1
                yield _new(Read, (topic, partition, offset, record.timestamp, record.key, record.value, record.headers))


def _name(place: TopicPartition) -> str:
    return f"{place.topic}, partition {place.partition}"
