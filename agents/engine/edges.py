"""Asks where partitions begin and end, and who leads them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, KafkaTimeoutError, LeaderNotAvailableError, for_code
from aiokafka.protocol.offset import OffsetRequest

LATEST, EARLIEST = -1, -2
CONSUMER = -1
NOBODY = -1
BACKOFF_S = 0.1


def by_leader(client: AIOKafkaClient, places: Iterable[TopicPartition]) -> dict[int, list[TopicPartition]]:
    """Give the places of each broker that leads some. Places that nobody leads now are under NOBODY."""
    found: dict[int, list[TopicPartition]] = defaultdict(list)
    for place in places:
        leader = client.cluster.leader_for_partition(place)
        found[NOBODY if leader is None else leader].append(place)
    return found


async def offsets(
    client: AIOKafkaClient, places: Sequence[TopicPartition], which: int, *, committed: bool, bound_s: float
) -> dict[TopicPartition, int]:
    """Give the LATEST or EARLIEST offset of each place; the latest of committed records is the last stable one.

    Raises:
        KafkaTimeoutError: There was no answer within the bound.
        KafkaError: The broker refuses us.
    """
    try:
        async with asyncio.timeout(bound_s):
            await asyncio.gather(*(client.add_topic(topic) for topic in {place.topic for place in places}))
            while True:
                try:
                    return await _offsets(client, places, which, committed=committed)
                except KafkaError as error:
                    if not error.retriable:
                        raise
                    await asyncio.sleep(BACKOFF_S)
                    await client.force_metadata_update()
    except TimeoutError as error:
        raise KafkaTimeoutError(f"no offsets of {len(places)} partitions within {bound_s:.0f} s") from error


async def _offsets(
    client: AIOKafkaClient, places: Sequence[TopicPartition], which: int, *, committed: bool
) -> dict[TopicPartition, int]:
    found: dict[TopicPartition, int] = {}
    for node, theirs in by_leader(client, places).items():
        if node == NOBODY:
            raise LeaderNotAvailableError(theirs[0])
        topics: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place in theirs:
            topics[place.topic].append((place.partition, which))
        answer = await client.send(node, OffsetRequest(CONSUMER, int(committed), list(topics.items())))
        for topic, partitions in answer.topics:
            for partition, error, _, offset in partitions:
                if error:
                    raise for_code(error)(TopicPartition(topic, partition))
                found[TopicPartition(topic, partition)] = offset
    return found
