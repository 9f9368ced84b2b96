"""Fills the activity topic with the events of a bench, as fast as a producer can."""

from collections.abc import Iterable
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from schemas.envelope import Envelope, binary_headers
from schemas.topics import ACTIVITY
from streams.routing import lane_of

BATCH_BYTES = 256 * 1024


async def fill(address: str, lanes: int, events: Iterable[Envelope]) -> int:
    """Write these events to their leads' lanes, in order; returns the bytes of keys, values and headers."""
    producer = AIOKafkaProducer(bootstrap_servers=address, max_batch_size=BATCH_BYTES)
    await producer.start()
    try:
        return await _fill(producer, lanes, events)
    finally:
        await producer.stop()


async def _fill(producer: AIOKafkaProducer, lanes: int, events: Iterable[Envelope]) -> int:
    batches = {lane: producer.create_batch() for lane in range(lanes)}
    homes: dict[str, int] = {}
    written = 0
    for event in events:
        key, value, headers = event.subject.encode(), orjson.dumps(event.data), [*binary_headers(event)]
        lane = homes.get(event.subject)
        if lane is None:
            lane = homes[event.subject] = lane_of(key, lanes)
        written += len(key) + len(value) + sum(len(name) + len(text) for name, text in headers)
        entry: dict[str, Any] = {"timestamp": None, "key": key, "value": value, "headers": headers}
        if batches[lane].append(**entry) is None:
            await producer.send_batch(batches[lane], ACTIVITY.name, partition=lane)
            batches[lane] = producer.create_batch()
            batches[lane].append(**entry)
    for lane, batch in batches.items():
        if batch.record_count():
            await producer.send_batch(batch, ACTIVITY.name, partition=lane)
    await producer.flush()
    return written
