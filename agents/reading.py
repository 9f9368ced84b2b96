"""Reads a topic from its beginning to its end, as the end was when the reading began."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Literal

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from agents.errors import LeadrelayError
from agents.mending import mend_header_names
from agents.sending import REACH_S, away, missing
from streams.routing import lane_of

PATIENCE_S = 30.0
POLL_MS = 500
FETCH_BYTES = 8 * 1024 * 1024


Isolation = Literal["read_committed", "read_uncommitted"]
Choice = Callable[[int], Iterable[int]]
"""Which partitions to read, of so many."""


async def read_topic(
    brokers: Sequence[str],
    topic: str,
    partitions: Iterable[int] | None = None,
    isolation: Isolation = "read_committed",
    **options: Any,
) -> AsyncGenerator[ConsumerRecord, None]:
    """Yield the records of a topic, in order within each partition.

    Args:
        brokers: Kafka's addresses.
        topic: The topic's name.
        partitions: Only these; None for all.
        isolation: With `read_committed` the end is where the first open transaction begins, and records of aborted
            ones are left out.
        options: aiokafka's, such as `security_protocol`.

    Raises:
        LeadrelayError: No broker answers, the topic is missing, or its end is not reached.
    """

    def chosen(count: int) -> Iterable[int]:
        return range(count) if partitions is None else partitions

    async with aclosing(_read(brokers, topic, chosen, isolation, options)) as records:
        async for record in records:
            yield record


async def read_key(
    brokers: Sequence[str], topic: str, key: bytes, isolation: Isolation = "read_committed", **options: Any
) -> AsyncGenerator[ConsumerRecord, None]:
    """Yield the records of this key, read from the partition where Kafka's default partitioner puts it.

    Raises:
        LeadrelayError: As `read_topic`.
    """

    def chosen(count: int) -> Iterable[int]:
        return (lane_of(key, count),)

    async with aclosing(_read(brokers, topic, chosen, isolation, options)) as records:
        async for record in records:
            if record.key == key:
                yield record


async def _read(
    brokers: Sequence[str], topic: str, choice: Choice, isolation: Isolation, options: Mapping[str, Any]
) -> AsyncGenerator[ConsumerRecord, None]:
    mend_header_names()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=list(brokers),
        group_id=None,
        enable_auto_commit=False,
        isolation_level=isolation,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        **options,
    )
    try:
        async with asyncio.timeout(REACH_S):
            await consumer.start()
            # aiokafka's NoGroupCoordinator.close() leaks a CancelledError if its task never had a turn.
            await asyncio.sleep(0)
            marks = await _marks(consumer, brokers, topic, choice)
        async with aclosing(_to(consumer, marks)) as records:
            async for record in records:
                yield record
    except (KafkaError, OSError) as error:  # TimeoutError is an OSError
        raise away(brokers, error) from error
    finally:
        await consumer.stop()


async def _marks(
    consumer: AIOKafkaConsumer, brokers: Sequence[str], topic: str, choice: Choice
) -> Mapping[TopicPartition, int]:
    """The offset that follows the last record of each partition that is to be read."""
    # the consumer's own metadata hold only topics that it was assigned before, and forget them again
    known = (await consumer._client.fetch_all_metadata()).partitions_for_topic(topic)  # noqa: SLF001
    if not known:
        raise missing(brokers, topic)
    places = [TopicPartition(topic, number) for number in choice(len(known))]
    begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    return {place: ends[place] for place in places if begins[place] < ends[place]}


async def _to(consumer: AIOKafkaConsumer, marks: Mapping[TopicPartition, int]) -> AsyncGenerator[ConsumerRecord, None]:
    consumer.assign(list(marks))
    left, silent_s = set(marks), 0.0
    while left:
        found = await consumer.getmany(*left, timeout_ms=POLL_MS)
        for place, records in found.items():
            for record in records:
                if record.offset < marks[place]:
                    yield record
        left = {place for place in left if await consumer.position(place) < marks[place]}
        silent_s = 0.0 if found else silent_s + POLL_MS / 1000
        if silent_s > PATIENCE_S:
            raise _stuck(left)


def _stuck(left: Iterable[TopicPartition]) -> LeadrelayError:
    places = ", ".join(f"{place.topic}-{place.partition}" for place in sorted(left))
    return LeadrelayError(
        "a topic can't be read to its end",
        f"nothing came from {places} within {PATIENCE_S:.0f} s",
        "see that Kafka runs; a transaction that stays open ends after its timeout, then try again",
    )
