"""A client that answers as a test says, and writes down what it was asked."""

from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import InitProducerIdRequest
from aiokafka.record.memory_records import MemoryRecords

from agents.engine.dialect import VERSION
from agents.engine.requests import End, Features, Produce, Producer

Said = Exception | int
"""An answer's error code, or what is raised in its place."""


class Client:
    """Answers each request with the next of what was said for its kind, and then without an error."""

    def __init__(self, version: int, **said: list[Said]) -> None:
        self.version, self.said, self.asked = version, said, list[Any]()
        self.epoch, self.unknown = 0, set[str]()
        self.cluster = self

    def names(self) -> list[str]:
        return [type(request).__name__ for request in self.asked]

    def leader_for_partition(self, place: TopicPartition) -> int | None:
        return None if place.topic in self.unknown else 1

    async def bootstrap(self) -> None:
        """Be there."""

    async def close(self) -> None:
        self.asked.append("closed")

    async def add_topic(self, topic: str) -> None:
        self.unknown.discard(topic)

    async def force_metadata_update(self) -> bool:
        self.asked.append("metadata")
        return True

    async def coordinator_lookup(self, _kind: Any, key: str) -> int:
        self.asked.append(f"who coordinates {key}?")
        return self._next("coordinator_lookup")

    def _next(self, kind: str) -> int:
        said = self.said.get(kind) or [0]
        now = said.pop(0)
        if isinstance(now, Exception):
            raise now
        return now

    async def send(self, _node: int, request: Any, **_: Any) -> Any:
        self.asked.append(request)
        code = self._next(type(request).__name__)
        if isinstance(request, Features):
            return SimpleNamespace(error_code=0, levels={VERSION: self.version})
        if isinstance(request, InitProducerIdRequest):
            return SimpleNamespace(error_code=code, producer_id=7, producer_epoch=self.epoch)
        if isinstance(request, Produce | ProduceRequest):
            return SimpleNamespace(topics=[(place.topic, [(place.partition, code)]) for place in batches_of(request)])
        if isinstance(request, End):
            self.epoch += code == 0
            return SimpleNamespace(error_code=code, producer=Producer(7, self.epoch))
        return SimpleNamespace(error_code=code)


def batches_of(request: Any) -> dict[TopicPartition, bytes]:
    if isinstance(request, Produce):
        return dict(request.batches)
    return {TopicPartition(topic, number): batch for topic, theirs in request._topics for number, batch in theirs}


def written(request: Any) -> list[tuple[TopicPartition, int, int, list[bytes | None]]]:
    """What a request writes: where, in which epoch, from which number on, what."""
    found = []
    for place, raw in batches_of(request).items():
        batch = MemoryRecords(raw).next_batch()
        assert batch is not None
        found.append((place, batch.producer_epoch, batch.base_sequence, [record.value for record in batch]))
    return found
