"""A batch of records on its way to one partition."""

from collections.abc import Sequence
from typing import Any

from aiokafka.record.default_records import DefaultRecordBatchBuilder

MAGIC, UNPACKED, TRANSACTIONAL, NOBODY = 2, 0, 1, -1


class Bundle:
    """Takes records until it is full; the first one whatever its size."""

    __slots__ = ("_builder", "_records")

    def __init__(self, bytes_max: int) -> None:
        self._builder = DefaultRecordBatchBuilder(MAGIC, UNPACKED, TRANSACTIONAL, NOBODY, NOBODY, 0, bytes_max)
        self._records = 0

    @property
    def size(self) -> int:
        """Bytes so far."""
        size: int = self._builder.size()
        return size

    def append(
        self, *, timestamp: int | None, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> Any:
        """Take a record; None when it is full. Headers must be a list: aiokafka's builder takes nothing else."""
        taken = self._builder.append(self._records, timestamp, key, value, headers)
        if taken is not None:
            self._records += 1
        return taken

    def record_count(self) -> int:
        """Tell how many it holds."""
        return self._records

    def sealed(self, producer: int, epoch: int, number: int) -> bytes:
        """Give the bytes, once: from this producer, the first record with this number in its partition."""
        self._builder.set_producer_state(producer, epoch, number)
        return bytes(self._builder.build())
