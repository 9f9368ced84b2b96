"""Where reading goes on: at the lane's own position, unless the topic no longer holds it."""

from collections.abc import Mapping

from aiokafka import TopicPartition

from agents.engine.kafka import Consumer
from agents.engine.observer import Observer
from agents.errors import LeadrelayError


async def settle(
    consumer: Consumer, known: Mapping[int, Mapping[str, int]], inputs: tuple[str, ...], observer: Observer
) -> dict[int, dict[str, int]]:
    """Give the next offset of each input topic, by partition, so that each has one.

    A topic that was never read begins at its first record. Records that the topic dropped unread are reported.

    Args:
        consumer: A read_committed consumer.
        known: What the lanes know, by partition and topic.
        inputs: The input topics.
        observer: Hears of dropped records.

    Raises:
        LeadrelayError: A topic ends before the position: it is not the topic that was read.
    """
    places = [TopicPartition(topic, partition) for partition in known for topic in inputs]
    begin, end = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    settled: dict[int, dict[str, int]] = {partition: {} for partition in known}
    for place in places:
        wanted = known[place.partition].get(place.topic)
        if wanted is not None and wanted > end[place]:
            raise _shrunk(place, wanted, end[place])
        if wanted is not None and wanted < begin[place]:
            observer.skipped(place.topic, place.partition, wanted, begin[place])
        settled[place.partition][place.topic] = max(wanted or 0, begin[place])
    return settled


def _shrunk(place: TopicPartition, wanted: int, end: int) -> LeadrelayError:
    return LeadrelayError(
        "An input topic is not the one that was read before",
        f"{place.topic}, partition {place.partition} ends at offset {end}, and we have read up to {wanted}",
        "If the topic was made anew on purpose, start with a new application id; else restore it",
    )
