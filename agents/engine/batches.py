"""Cuts what one transaction writes into batches that the broker accepts."""

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, Protocol

from agents.engine.fold import Output

Entry = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]


class BatchProducer(Protocol):
    """The part of aiokafka's producer that is used here."""

    def create_batch(self) -> Any:
        """Give an empty batch."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        """Hand a batch over; the result is done when the broker has acknowledged it."""


async def send_rows(
    producer: BatchProducer, topic: str, partition: int, rows: Iterable[tuple[bytes, bytes | None]]
) -> list[Awaitable[Any]]:
    """Hand over changelog rows in order; returns what waits for the acknowledgements."""
    return await _send(producer, topic, partition, ((key, value, ()) for key, value in rows))


async def send_outputs(producer: BatchProducer, partition: int, outputs: Iterable[Output]) -> list[Awaitable[Any]]:
    """Hand over outputs, in order within each topic; returns what waits for the acknowledgements."""
    by_topic: dict[str, list[Entry]] = {}
    for output in outputs:
        by_topic.setdefault(output.topic, []).append((output.key, output.value, output.headers))
    waiting: list[Awaitable[Any]] = []
    for topic, entries in by_topic.items():
        waiting += await _send(producer, topic, partition, entries)
    return waiting


async def _send(producer: BatchProducer, topic: str, partition: int, entries: Iterable[Entry]) -> list[Awaitable[Any]]:
    waiting: list[Awaitable[Any]] = []
    batch = producer.create_batch()
    for entry in entries:
        if not _append(batch, entry):
            waiting.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            _append(batch, entry)  # a batch takes its first record whatever its size
    if batch.record_count():
        waiting.append(await producer.send_batch(batch, topic, partition=partition))
    return waiting


def _append(batch: Any, entry: Entry) -> bool:
    key, value, headers = entry
    # aiokafka takes a list and nothing else
    return batch.append(timestamp=None, key=key, value=value, headers=list(headers)) is not None
