"""Record batches as bytes, as a broker keeps them and a consumer reads them."""

from collections.abc import Sequence
from struct import Struct
from typing import Any

from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

BASE, CRC, ATTRIBUTES, LAST_DELTA = 0, 17, 21, 23
CONTROL = 0x20
LONG, INT, SHORT, MARKER = Struct(">q"), Struct(">I"), Struct(">h"), Struct(">hh")
NO_PRODUCER = -1
SIZE_MAX = 1 << 20


class Batch:
    """Offsets from base to last; what compaction took is missing from the records, and not from the offsets.

    Attributes:
        pid: Of the transaction that it belongs to, or -1.
        commit: How the transaction ended, in a batch that is its marker; None in all others.
    """

    __slots__ = ("_data", "base", "commit", "last", "pid", "records")

    def __init__(self, records: Sequence[Any], pid: int = NO_PRODUCER, *, commit: bool | None = None) -> None:
        self.base, self.last, self.records = records[0].offset, records[-1].offset, records
        self.pid, self.commit = pid, commit
        self._data: bytes | None = None

    def keep(self, records: Sequence[Any]) -> None:
        """Have only these records left."""
        self.records, self._data = records, None

    @property
    def data(self) -> bytes:
        if self._data is None:
            self._data = self._build()
        return self._data

    def _build(self) -> bytes:
        builder = DefaultRecordBatchBuilder(
            magic=2,
            compression_type=0,
            is_transactional=int(self.pid != NO_PRODUCER),
            producer_id=self.pid,
            producer_epoch=0,
            base_sequence=0,
            batch_size=SIZE_MAX,
        )
        for record in self.records:
            key = record.key if self.commit is None else MARKER.pack(0, int(self.commit))
            delta = record.offset - self.base
            builder.append(delta, timestamp=record.timestamp, key=key, value=record.value, headers=list(record.headers))
        data = bytearray(builder.build())
        LONG.pack_into(data, BASE, self.base)
        INT.pack_into(data, LAST_DELTA, self.last - self.base)
        if self.commit is not None:
            SHORT.pack_into(data, ATTRIBUTES, SHORT.unpack_from(data, ATTRIBUTES)[0] | CONTROL)
        INT.pack_into(data, CRC, calc_crc32c(data[ATTRIBUTES:]))
        return bytes(data)
