"""Header names that are no UTF-8 are made readable, and everything around them stays as it is."""

from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from agents.engine.records import Unpacking
from agents.engine.wire import Fetched
from agents.mending import MendingRecords, mend_header_names

PLAIN = [("größe", b"1"), ("none", None)]
RECORDS, BATCHES = 5, 3


class Raw(str):
    """A name that goes out as other bytes than its UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:  # type: ignore[override]
        return super().encode("latin-1")


def fetched(compression: int, bad: set[int], offset: int = 0) -> bytes:
    """What a broker sends: whole batches and the beginning of another; `bad` offsets have a bad name."""
    batches = []
    for first in range(offset // RECORDS * RECORDS, BATCHES * RECORDS, RECORDS):
        builder = _DefaultRecordBatchBuilderPy(2, compression, 0, -1, -1, 0, 1 << 20)
        for at in range(RECORDS):
            headers = [*PLAIN, (Raw("naïf"), None)] if first + at in bad else list(PLAIN)
            key, value = (None, b"v") if at % 2 else (b"k%d" % at, None)
            assert builder.append(at, 1000 + at, key, value, headers)
        raw = bytearray(builder.build())
        raw[:8] = first.to_bytes(8, "big")
        batches.append(bytes(raw))
    return b"".join(batches) + batches[0][:40]


def by_engine(raw: bytes, offset: int) -> list[Any]:
    return list(Unpacking(Fetched(TopicPartition("t", 0), 0, 99, [], raw), offset, committed=True).records(None))


def by_commands(raw: bytes, offset: int) -> list[Any]:
    mend_header_names()
    return parsed(fetcher.PartitionRecords, raw, offset)


def parsed(reader: Any, raw: bytes, offset: int) -> list[Any]:
    options = {"key_deserializer": None, "value_deserializer": None, "check_crcs": True}
    memory, level = fetcher.MemoryRecords(raw), fetcher.READ_COMMITTED
    place = TopicPartition("t", 0)
    return list(reader(place, memory, aborted_transactions=[], fetch_offset=offset, isolation_level=level, **options))


@pytest.mark.parametrize("read", [by_engine, by_commands])
@pytest.mark.parametrize("compression", [0, 1, 4])
@pytest.mark.parametrize("bad", [{7}, {5, 6}, {0, 14}, {3}])
@pytest.mark.parametrize("offset", [0, 3, 6])
def test_every_record_is_read_once_whatever_its_headers_are_called(
    read: Callable[[bytes, int], list[Any]], compression: int, bad: set[int], offset: int
) -> None:
    mended, plain = (read(fetched(compression, names, offset), offset) for names in (bad, set[int]()))
    assert [record.offset for record in mended] == list(range(offset, BATCHES * RECORDS))
    for ours, theirs in zip(mended, plain, strict=True):
        more = (("na?f", None),) if ours.offset in bad else ()
        assert tuple(ours.headers) == (*theirs.headers, *more)
        assert (ours.key, ours.value, ours.timestamp) == (theirs.key, theirs.value, theirs.timestamp)


def test_without_it_aiokafka_raises() -> None:
    with pytest.raises(UnicodeDecodeError):
        parsed(MendingRecords.__bases__[0], fetched(0, {1}), 0)
