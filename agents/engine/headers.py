"""Makes header names readable that are no UTF-8: aiokafka raises at one, and it would stop its lane for ever.

Kafka asks for UTF-8 there and checks nothing. Kafka's own consumers read such a name with replacement characters; here
each byte beyond ASCII in it becomes a question mark, and the record meets its end like any other.
"""

from collections.abc import Iterator

from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.util import decode_varint

LENGTH_AT, LENGTH_END = 8, 12
"""Where a batch says how many bytes follow."""
ASCII_END = 0x80


class MendedBatch(_DefaultRecordBatchPy):
    """A batch whose header names are made readable before its records are read."""

    def __iter__(self) -> "MendedBatch":
        super().__iter__()
        if self._next_record_index == 0:
            mend(self._buffer, self._pos, self._num_records)
        return self


def mended(data: bytes, offset: int) -> Iterator[MendedBatch]:
    """Give the whole batches of a fetch that hold this offset or later ones; the last one may be cut off."""
    view, begin = memoryview(data), 0
    while begin + LENGTH_END <= len(view):
        end = begin + LENGTH_END + int.from_bytes(view[begin + LENGTH_AT : begin + LENGTH_END], "big")
        if end > len(view):
            return
        batch = MendedBatch(view[begin:end])
        if batch.next_offset > offset:
            yield batch
        begin = end


def mend(buffer: bytearray, at: int, records: int) -> None:
    """Make every header name of so many records ASCII, in place, if it is no UTF-8.

    A record is: length, attributes, time, offset, key, value, headers; each header a name and a value. All numbers are
    varints, and so are the lengths; -1 stands for none.
    """
    for _ in range(records):
        for _ in range(4):
            _, at = decode_varint(buffer, at)
        at = _skip(buffer, _skip(buffer, at))
        headers, at = decode_varint(buffer, at)
        for _ in range(headers):
            length, at = decode_varint(buffer, at)
            _mend_name(buffer, at, at + length)
            at = _skip(buffer, at + length)


def _skip(buffer: bytearray, at: int) -> int:
    length, at = decode_varint(buffer, at)
    return int(at + max(0, length))


def _mend_name(buffer: bytearray, begin: int, end: int) -> None:
    try:
        buffer[begin:end].decode()
    except UnicodeDecodeError:
        buffer[begin:end] = bytes(byte if byte < ASCII_END else ord("?") for byte in buffer[begin:end])
