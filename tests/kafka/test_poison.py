"""A record that a Kafka client may write and aiokafka refuses to read stops no lane."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from agents.broker import EmbeddedBroker
from schemas.topics import ACTIVITY, DEADLETTER, PARTITIONS
from streams.routing import lane_of
from tests.kafka.cluster import cluster
from tests.kafka.history import Sent
from tests.kafka.test_bad_input import page

pytestmark = pytest.mark.kafka


class Latin(str):
    """Text that goes out in Latin-1, as the string of a careless program does."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:  # type: ignore[override]
        return super().encode("latin-1")


async def write(address: str, messages: Sequence[Sent]) -> None:
    """Write them as they are: aiokafka's compiled builder takes no such names, the one in Python asks nobody."""
    producer = AIOKafkaProducer(bootstrap_servers=address)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 1 << 20)
        for message in messages:
            batch.append(key=message.key, value=message.value, timestamp=None, headers=message.headers)
        await (await producer.send_batch(batch, ACTIVITY.name, partition=lane_of(b"ada", PARTITIONS)))
    finally:
        await producer.stop()


def sent(number: int, headers: Sequence[tuple[str, bytes]] = (), **changed: object) -> Sent:
    return Sent(ACTIVITY.name, b"ada", json.dumps(page(number, **changed)).encode(), list(headers))


async def test_a_header_name_that_is_no_utf_8_stops_no_lane(empty_broker: EmbeddedBroker, tmp_path: Path) -> None:
    name = (Latin("größe"), b"1")
    async with cluster(empty_broker.address, tmp_path) as relay:
        relay.start()
        await write(empty_broker.address, [sent(1), sent(2, [name]), sent(3), sent(4, [name], time=None), sent(5)])
        await relay.until_handled(5)
        code, _ = relay.workers[0].terminate()
        letters = await relay.read(DEADLETTER)
        verdict = await relay.verdict()
    assert code == 0
    assert [(letter.key, letter.headers[0]) for letter in letters] == [(b"ada", ("gr??e", b"1"))]
    assert verdict.equal, verdict
    assert verdict.messages == 5
