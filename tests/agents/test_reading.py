"""A topic is read to its end, and only what was committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer

from agents import admin
from agents.broker import EmbeddedBroker
from agents.errors import LeadrelayError
from agents.reading import read_key, read_topic
from schemas.topics import Topic
from streams.routing import lane_of

pytestmark = pytest.mark.kafka
LANES = 3


def topic(name: str) -> Topic:
    return Topic(name=name, purpose="", owner="", writers=(), readers=())


@asynccontextmanager
async def producer(address: str, transactional_id: str | None = None) -> AsyncIterator[AIOKafkaProducer]:
    made = AIOKafkaProducer(bootstrap_servers=address, transactional_id=transactional_id)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def values(broker: EmbeddedBroker, name: str, **options: object) -> list[bytes | None]:
    return [record.value async for record in read_topic([broker.address], name, **options)]  # type: ignore[arg-type]


async def test_a_topic_is_read_in_order_within_each_partition(broker: EmbeddedBroker) -> None:
    await admin.create(broker.address, [topic("reading.order")], LANES)
    async with producer(broker.address) as to:
        for number in range(300):
            await to.send("reading.order", b"%d" % number, partition=number % LANES)
    found = [record async for record in read_topic([broker.address], "reading.order")]
    assert len(found) == 300
    for lane in range(LANES):
        numbers = [int(record.value) for record in found if record.partition == lane]
        assert numbers == list(range(lane, 300, LANES))
    assert set(await values(broker, "reading.order", partitions=[1])) == {b"%d" % n for n in range(1, 300, LANES)}


async def test_an_empty_topic_has_an_end_too(broker: EmbeddedBroker) -> None:
    await admin.create(broker.address, [topic("reading.empty")], LANES)
    assert await values(broker, "reading.empty") == []


async def test_a_key_is_read_from_its_own_partition(broker: EmbeddedBroker) -> None:
    await admin.create(broker.address, [topic("reading.keys")], LANES)
    other = (lane_of(b"ada", LANES) + 1) % LANES
    async with producer(broker.address) as to:
        for value in (b"1", b"2"):
            await to.send_and_wait("reading.keys", value, b"ada")
            await to.send_and_wait("reading.keys", value, b"ben")
        await to.send_and_wait("reading.keys", b"astray", b"ada", partition=other)
    assert [record.value async for record in read_key([broker.address], "reading.keys", b"ada")] == [b"1", b"2"]


async def test_what_was_aborted_is_left_out_and_what_is_open_is_not_waited_for(broker: EmbeddedBroker) -> None:
    await admin.create(broker.address, [topic("reading.transactions")], 1)
    async with producer(broker.address, "reading") as to:
        await to.begin_transaction()
        await to.send_and_wait("reading.transactions", b"aborted", partition=0)
        await to.abort_transaction()
        await to.begin_transaction()
        await to.send_and_wait("reading.transactions", b"committed", partition=0)
        await to.commit_transaction()
        await to.begin_transaction()
        await to.send_and_wait("reading.transactions", b"open", partition=0)
        assert await values(broker, "reading.transactions") == [b"committed"]
        everything = await values(broker, "reading.transactions", isolation="read_uncommitted")
        assert everything == [b"aborted", b"committed", b"open"]
        await to.abort_transaction()
    assert await values(broker, "reading.transactions") == [b"committed"]


async def test_a_topic_that_is_missing_is_named(broker: EmbeddedBroker) -> None:
    with pytest.raises(LeadrelayError) as caught:
        await values(broker, "reading.nowhere")
    assert caught.value.detail == f"reading.nowhere does not exist on {broker.address}"
    assert "topics create" in caught.value.remedy
