"""Lets the commands read a topic in which a header name is no UTF-8; aiokafka's consumer would raise there."""

from typing import Any

import aiokafka.consumer.fetcher
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.record.memory_records import MemoryRecords

from agents.engine.headers import MendedBatch, mended


def mend_header_names() -> None:
    """Have aiokafka's consumers in this process read such records from now on."""
    aiokafka.consumer.fetcher.MemoryRecords = KeptRecords
    aiokafka.consumer.fetcher.PartitionRecords = MendingRecords


class KeptRecords(MemoryRecords):
    """The batches of one fetch, and the bytes they came as."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.data = data


class MendingRecords(PartitionRecords):
    """Records of one fetch; from the first one that cannot be read on they are read by the slower way."""

    _records: Any

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except UnicodeDecodeError:
            self._records = MendedBatches(self._records.data, self.next_fetch_offset)
            self._records_iterator = self._unpack_records()
            return super().__next__()


class MendedBatches:
    """The batches that hold this offset or later ones, as aiokafka takes them."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._left = list(mended(data, offset))

    def has_next(self) -> bool:
        """Whether there is another batch."""
        return bool(self._left)

    def next_batch(self) -> MendedBatch:
        """Give the next batch."""
        return self._left.pop(0)
