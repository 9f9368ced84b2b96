"""What a fetch brought is unpacked in order, without markers and without what was aborted."""

import struct
from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from agents.engine.records import Unpacking
from agents.engine.wire import Fetched

PLACE = TopicPartition("in", 3)
ABORT, COMMIT = 0, 1
CONTROL, TRANSACTIONAL = 0x20, 0x10


def batch(first: int, keys: Sequence[bytes], producer: int = -1, *, compression: int = 0) -> bytes:
    """A batch at this offset; of a transaction when there is a producer."""
    made = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=compression,
        is_transactional=int(producer >= 0),
        producer_id=producer,
        producer_epoch=0,
        base_sequence=0,
        batch_size=1 << 20,
    )
    for n, key in enumerate(keys):
        made.append(n, 1700 + n, key, b"v" + key, [("h", key)])
    return at(first, bytes(made.build()))


def at(first: int, raw: bytes) -> bytes:
    return struct.pack(">q", first) + raw[8:]


def marker(offset: int, producer: int, kind: int) -> bytes:
    """The end of a transaction: a batch with the control bit, and a checksum that fits."""
    raw = bytearray(batch(offset, [struct.pack(">hh", 0, kind)], producer))
    (attributes,) = struct.unpack_from(">h", raw, 21)
    struct.pack_into(">h", raw, 21, attributes | CONTROL)
    from aiokafka.record.util import calc_crc32c  # noqa: PLC0415

    struct.pack_into(">I", raw, 17, calc_crc32c(bytes(raw[21:])))
    assert DefaultRecordBatch(bytes(raw)).is_control_batch
    return bytes(raw)


def unpack(
    raw: bytes, offset: int = 0, aborted: Sequence[tuple[int, int]] = (), *, committed: bool = True
) -> Unpacking:
    return Unpacking(Fetched(PLACE, 0, 99, aborted, raw), offset, committed=committed)


def test_a_record_is_what_was_written() -> None:
    [record] = unpack(batch(7, [b"k"])).records(None)
    assert tuple(record) == ("in", 3, 7, 1700, b"k", b"vk", [("h", b"k")])


@pytest.mark.parametrize("compression", [0, 1, 2, 3, 4])
def test_compressed_batches_are_read(compression: int) -> None:
    keys = [b"%d" % n for n in range(50)]
    assert [record.key for record in unpack(batch(0, keys, compression=compression)).records(None)] == keys


def test_whole_batches_come_until_there_are_enough() -> None:
    reading = unpack(batch(0, [b"a", b"b"]) + batch(2, [b"c"]) + batch(3, [b"d"]))
    assert [record.key for record in reading.records(3)] == [b"a", b"b", b"c"]
    assert (reading.position, reading.left) == (3, True)
    assert [record.key for record in reading.records(3)] == [b"d"]
    assert (reading.position, reading.left) == (4, False)


def test_rows_are_the_same_records_with_less_of_each() -> None:
    raw = batch(0, [b"a"], 5) + marker(1, 5, ABORT) + batch(2, [b"b", b"c"])
    assert unpack(raw, 3, aborted=[(5, 0)]).rows(None) == [(b"c", b"vc")]


def test_records_before_the_offset_are_left_out() -> None:
    reading = unpack(batch(0, [b"a", b"b", b"c"]), offset=2)
    assert [(record.offset, record.key) for record in reading.records(None)] == [(2, b"c")]


def test_markers_are_passed() -> None:
    reading = unpack(batch(0, [b"a"], 5) + marker(1, 5, COMMIT))
    assert [record.key for record in reading.records(None)] == [b"a"]
    assert reading.position == 2


def test_what_was_aborted_is_left_out_and_passed() -> None:
    raw = batch(0, [b"a"], 5) + batch(1, [b"b"], 6) + marker(2, 5, ABORT) + batch(3, [b"c"], 5) + marker(4, 6, COMMIT)
    reading = unpack(raw, aborted=[(5, 0)])
    assert [record.key for record in reading.records(None)] == [b"b", b"c"]
    assert reading.position == 5


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_what_follows_an_abort_is_read_wherever_reading_begins(offset: int) -> None:
    raw = batch(0, [b"a"], 5) + marker(1, 5, ABORT) + batch(2, [b"b"], 5) + marker(3, 5, COMMIT)
    begins = [0, len(batch(0, [b"a"], 5)), len(batch(0, [b"a"], 5) + marker(1, 5, ABORT))][offset]
    reading = unpack(raw[begins:], offset, aborted=[(5, 0)] if offset < 2 else [])
    assert [record.key for record in reading.records(None)] == [b"b"]


def test_the_same_producer_may_abort_twice() -> None:
    raw = batch(0, [b"a"], 5) + marker(1, 5, ABORT) + batch(2, [b"b"], 5) + marker(3, 5, ABORT) + batch(4, [b"c"], 5)
    assert [record.key for record in unpack(raw, aborted=[(5, 2), (5, 0)]).records(None)] == [b"c"]


def test_who_reads_uncommitted_sees_what_was_aborted() -> None:
    raw = batch(0, [b"a"], 5) + marker(1, 5, ABORT)
    assert [record.key for record in unpack(raw, aborted=[(5, 0)], committed=False).records(None)] == [b"a"]


def test_a_batch_that_was_cut_off_waits_for_the_next_fetch() -> None:
    reading = unpack(batch(0, [b"a"]) + batch(1, [b"b"])[:-3])
    assert [record.key for record in reading.records(None)] == [b"a"]
    assert reading.position == 1


def test_a_damaged_batch_is_refused() -> None:
    raw = bytearray(batch(0, [b"abc"]))
    raw[-2] ^= 1
    with pytest.raises(CorruptRecordException, match="in, partition 3, offset 0"):
        unpack(bytes(raw)).records(None)
