"""Cuts what one transaction writes into batches that the broker accepts, and hands them over in few requests."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from agents.engine.fold import Output
from agents.engine.kafka import Producer

Row = tuple[bytes, bytes | None]
Entry = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]
NONE: list[tuple[str, bytes]] = []
Route = Callable[[bytes | None], int]
"""The partition of a key."""
NOWHERE: Mapping[str, Route] = {}


class Parcel(NamedTuple):
    """A batch on its way to a partition; number counts the batches before it that go there."""

    number: int
    topic: str
    partition: int
    batch: Any


def of_rows(producer: Producer, topic: str, partition: int, rows: Iterable[Row]) -> Iterator[Parcel]:
    """Cut changelog rows, in order."""
    return _cut(producer, topic, partition, ((key, value, ()) for key, value in rows))


def of_outputs(
    producer: Producer, partition: int, outputs: Iterable[Output], routes: Mapping[str, Route] = NOWHERE
) -> Iterator[Parcel]:
    """Cut outputs, in order within each topic; those of a topic with a route go where it says, the others to ours."""
    places: dict[tuple[str, int], list[Output]] = defaultdict(list)
    for output in outputs:
        topic = output.topic
        places[topic, partition if topic not in routes else routes[topic](output.key)].append(output)
    for (topic, place), theirs in places.items():
        yield from _cut(producer, topic, place, ((each.key, each.value, each.headers) for each in theirs))


async def send(producer: Producer, parcels: Iterable[Parcel]) -> list[Awaitable[Any]]:
    """Hand over all parcels; returns what waits for the acknowledgements.

    First those that are the first of their partition: handing them over gives the event loop no turn, so they become
    known to the transaction in one request, and leave in one. A second one waits until the first has left.
    """
    return [
        await producer.send_batch(batch, topic, partition=partition)
        for _, topic, partition, batch in sorted(parcels, key=lambda parcel: parcel.number)
    ]


def _cut(producer: Producer, topic: str, partition: int, entries: Iterable[Entry]) -> Iterator[Parcel]:
    number, batch = 0, producer.create_batch()
    for key, value, headers in entries:
        listed = list(headers) if headers else NONE  # aiokafka takes a list and nothing else
        if batch.append(timestamp=None, key=key, value=value, headers=listed) is None:
            yield Parcel(number, topic, partition, batch)
            number, batch = number + 1, producer.create_batch()
            # a batch takes its first record whatever its size
            batch.append(timestamp=None, key=key, value=value, headers=listed)
    if batch.record_count():
        yield Parcel(number, topic, partition, batch)
