"""What a transaction writes arrives complete and in order, however it is cut."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from agents.engine.batches import of_outputs, of_rows, send
from tests.agents.engine.fakes import Output

SIZE = 1000
FRAME = 200


class Collector:
    """A producer that keeps aiokafka's own batches."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, bytes]] = []

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(SIZE, 0, is_transactional=1)

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        self.sent.append((topic, partition, bytes(batch._build())))
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def records(self, topic: str) -> list[tuple[Any, ...]]:
        return [(r.key, r.value, list(r.headers)) for name, _, raw in self.sent if name == topic for r in _parse(raw)]


def _parse(raw: bytes) -> list[Any]:
    memory = MemoryRecords(raw)
    found: list[Any] = []
    while memory.has_next():
        found.extend(memory.next_batch())
    return found


async def test_rows_are_cut_into_batches_and_keep_their_order() -> None:
    producer = Collector()
    rows: list[tuple[bytes, bytes | None]] = [(b"k%03d" % n, b"x" * 50) for n in range(100)]
    waiting = await send(producer, of_rows(producer, "log", 3, rows))
    assert len(waiting) == len(producer.sent) > 5
    assert all(len(raw) <= SIZE for _, _, raw in producer.sent)
    assert {(topic, partition) for topic, partition, _ in producer.sent} == {("log", 3)}
    assert producer.records("log") == [(key, value, []) for key, value in rows]


async def test_a_deleted_row_is_a_tombstone() -> None:
    producer = Collector()
    await send(producer, of_rows(producer, "log", 0, [(b"k", None)]))
    assert producer.records("log") == [(b"k", None, [])]


async def test_nothing_to_write_writes_nothing() -> None:
    producer = Collector()
    assert await send(producer, [*of_rows(producer, "log", 0, []), *of_outputs(producer, 0, [])]) == []
    assert producer.sent == []


@pytest.mark.parametrize("before", [0, 3])
async def test_a_record_larger_than_a_batch_gets_one_of_its_own(before: int) -> None:
    producer = Collector()
    small = [Output("out", b"k", b"v") for _ in range(before)]
    large = Output("out", b"k", b"x" * 5000, (("reason", b"r" * 300),))
    await send(producer, of_outputs(producer, 0, [*small, large, *small]))
    found = producer.records("out")
    assert found == [(o.key, o.value, list(o.headers)) for o in [*small, large, *small]]
    alone = [raw for _, _, raw in producer.sent if len(raw) > 5300]
    assert len(alone) == 1
    assert len(alone[0]) < 5300 + FRAME


async def test_outputs_go_to_their_topics_in_order() -> None:
    producer = Collector()
    outputs = [Output(f"t{n % 2}", b"%d" % n, b"v", (("n", b"%d" % n),)) for n in range(6)]
    await send(producer, of_outputs(producer, 5, outputs))
    assert [record[0] for record in producer.records("t0")] == [b"0", b"2", b"4"]
    assert [record[2] for record in producer.records("t1")] == [[("n", b"1")], [("n", b"3")], [("n", b"5")]]
    assert {partition for _, partition, _ in producer.sent} == {5}


async def test_the_first_batch_of_every_partition_leaves_before_any_second() -> None:
    producer = Collector()
    rows = [(b"k%03d" % n, b"x" * 50) for n in range(30)]
    parcels = [parcel for partition in (0, 1) for parcel in of_rows(producer, "log", partition, rows)]
    await send(producer, parcels)
    assert [partition for _, partition, _ in producer.sent[:4]] == [0, 1, 0, 1]
    assert len(producer.records("log")) == 60
