"""The engine's own consumer on a real broker: what it reads, where it stands, and what it asks for."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import OffsetOutOfRangeError

from agents.broker import EmbeddedBroker
from agents.engine.clients import consumer
from agents.engine.consumer import DirectConsumer
from agents.engine.kafka import Level
from agents.engine.settings import EngineSettings
from agents.engine.wire import Fetch
from tests.kafka.harness import create_topics, produce

pytestmark = pytest.mark.kafka
PARTITIONS = 3


@asynccontextmanager
async def reading(address: str, topic: str, level: Level = "read_committed") -> AsyncIterator[DirectConsumer]:
    """A consumer at the beginning of every partition."""
    async with consumer(EngineSettings(app_id="x", brokers=(address,), inputs=(topic,)), level) as made:
        made.assign(places(topic))
        await made.seek_to_beginning()
        yield made


def places(topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, partition) for partition in range(PARTITIONS)]


async def new_topic(broker: EmbeddedBroker) -> str:
    topic = f"t-{uuid4().hex}"
    await create_topics(broker.address, PARTITIONS, {topic: {}})
    return topic


async def write(address: str, topic: str, keys: Sequence[bytes], partition: int = 0) -> None:
    await produce(address, topic, [(partition, key, b"v", []) for key in keys])


async def in_transaction(address: str, topic: str, keys: Sequence[bytes], *, commit: bool) -> None:
    async with AIOKafkaProducer(bootstrap_servers=address, transactional_id=uuid4().hex) as producer:
        await producer.begin_transaction()
        for key in keys:
            await producer.send_and_wait(topic, b"v", key, partition=0)
        await (producer.commit_transaction() if commit else producer.abort_transaction())


async def keys(made: DirectConsumer, number: int, topic: str) -> list[bytes]:
    """The next so many keys of partition 0."""
    found: list[bytes] = []
    async with asyncio.timeout(60):
        while len(found) < number:
            got = await made.getmany(*places(topic), timeout_ms=500, max_records=2)
            found += [record.key or b"" for record in got.get(places(topic)[0], ())]
    return found


async def settled(made: DirectConsumer, topic: str, position: int) -> None:
    """Wait until it stands there."""
    async with asyncio.timeout(60):
        while await made.position(places(topic)[0]) < position:
            assert not await made.getmany(*places(topic), timeout_ms=200)


async def test_committed_records_come_in_order_and_markers_are_passed(broker: EmbeddedBroker) -> None:
    topic = await new_topic(broker)
    await write(broker.address, topic, [b"a", b"b", b"c"])
    await in_transaction(broker.address, topic, [b"x", b"y"], commit=False)
    await in_transaction(broker.address, topic, [b"d"], commit=True)
    async with reading(broker.address, topic) as made:
        assert made.unread(places(topic)[0]) is None
        assert await keys(made, 4, topic) == [b"a", b"b", b"c", b"d"]
        await settled(made, topic, 8)
        assert made.unread(places(topic)[0]) == 0
        assert await made.end_offsets(places(topic)) == dict(zip(places(topic), [8, 0, 0], strict=True))
    async with reading(broker.address, topic, "read_uncommitted") as made:
        assert await keys(made, 6, topic) == [b"a", b"b", b"c", b"x", b"y", b"d"]


async def test_an_open_transaction_holds_back_what_follows_it(broker: EmbeddedBroker) -> None:
    topic = await new_topic(broker)
    async with AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id=uuid4().hex) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"v", b"a", partition=0)
        await write(broker.address, topic, [b"b"])
        async with reading(broker.address, topic) as made:
            assert await made.getmany(*places(topic), timeout_ms=500) == {}
            assert (await made.end_offsets(places(topic)[:1]))[places(topic)[0]] == 0
            await producer.commit_transaction()
            assert await keys(made, 2, topic) == [b"a", b"b"]


async def test_it_goes_where_it_is_sent(broker: EmbeddedBroker) -> None:
    topic = await new_topic(broker)
    await write(broker.address, topic, [b"a", b"b", b"c"])
    async with reading(broker.address, topic) as made:
        assert await keys(made, 3, topic) == [b"a", b"b", b"c"]
        made.seek(places(topic)[0], 1)
        assert await keys(made, 2, topic) == [b"b", b"c"]


async def test_a_position_that_was_deleted_is_out_of_range(broker: EmbeddedBroker) -> None:
    topic = await new_topic(broker)
    await write(broker.address, topic, [b"a", b"b", b"c"])
    async with reading(broker.address, topic) as made:
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
        await admin.start()
        await admin.delete_records({places(topic)[0]: RecordsToDelete(before_offset=2)})
        await admin.close()
        with pytest.raises(OffsetOutOfRangeError):
            await keys(made, 1, topic)
        assert (await made.beginning_offsets(places(topic)[:1]))[places(topic)[0]] == 2


async def test_only_what_is_new_is_asked_for(broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    topic, asked = await new_topic(broker), list[Fetch]()
    async with reading(broker.address, topic) as made:
        send = made._client.send

        async def note(node: int, request: object) -> object:
            asked.extend([request] if isinstance(request, Fetch) else [])
            return await send(node, request)

        monkeypatch.setattr(made._client, "send", note)
        await made.getmany(*places(topic), timeout_ms=300)
        await write(broker.address, topic, [b"a"], 1)
        while not (await made.getmany(*places(topic), timeout_ms=300)):
            pass
        await made.getmany(*places(topic), timeout_ms=300)
    assert asked[0].session == (0, 0)
    assert set(asked[0].offsets) == set(places(topic))
    assert [epoch for _, epoch in (each.session for each in asked[1:])] == list(range(1, len(asked)))
    assert {place for each in asked[1:] for place in each.offsets} == {places(topic)[1]}


async def test_it_goes_on_after_the_broker_was_killed_and_is_back(empty_broker: EmbeddedBroker) -> None:
    topic = await new_topic(empty_broker)
    await write(empty_broker.address, topic, [b"a", b"b"])
    async with reading(empty_broker.address, topic) as made:
        assert await keys(made, 2, topic) == [b"a", b"b"]
        await asyncio.to_thread(empty_broker.kill, signal.SIGKILL)
        assert await made.getmany(*places(topic), timeout_ms=500) == {}
        await asyncio.to_thread(empty_broker.restart)
        await write(empty_broker.address, topic, [b"c"])
        assert await keys(made, 1, topic) == [b"c"]
