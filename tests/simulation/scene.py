"""Plays the same calls on the model broker and on the real one, and writes down what was answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol

from aiokafka import TopicPartition

from agents.engine.kafka import Kafka, Level
from agents.engine.membership import Membership

MARKERS_S = 0.4
"""More than the markers of a transaction take."""


class Joined(NamedTuple):
    """Who we are in the group, and whether we are its leader."""

    generation: int
    member_id: str
    leader: bool


class Ground(Protocol):
    """Where a script is played: a broker with one topic of two partitions, and one group."""

    topic: str
    group: str
    name: str
    kafka: Kafka

    async def write(self, partition: int, value: bytes) -> None:
        """Write a record without a transaction."""

    async def committed(self) -> dict[TopicPartition, int]:
        """Give the group's committed offsets."""

    async def join(self, member_id: str, instance: str | None) -> Joined:
        """Join the group, and wait until all its members have."""

    async def sync(self, joined: Joined, instance: str | None) -> None:
        """Fetch the assignment; the leader hands it in."""

    async def heartbeat(self, joined: Joined) -> None:
        """Be heard."""


class Scene:
    """Plays calls, and writes down the answers."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.kafka = ground, ground.kafka
        self.seen: list[Any] = []
        self._producers: list[Any] = []

    async def play(self, script: Callable[["Scene"], Awaitable[None]]) -> list[Any]:
        """Play a script, and leave nothing open."""
        try:
            await script(self)
        finally:
            for producer in self._producers:
                await self.kafka.discard(producer)
        return self.seen

    def place(self, partition: int = 0) -> TopicPartition:
        return TopicPartition(self.ground.topic, partition)

    async def attempt(self, what: str, call: Awaitable[Any]) -> None:
        """Write down whether it worked, or how it failed."""
        try:
            await call
        except Exception as error:  # noqa: BLE001  it is the answer
            self.seen.append(
                (what, type(error).__name__, *(error.args if type(error).__name__ == "RefusedError" else ()))
            )
        else:
            self.seen.append((what, "done"))

    async def producer(self, name: str = "p") -> Any:
        made = await self.kafka.start_producer(f"{self.ground.name}-{name}")
        self._producers.append(made)
        return made

    async def put(self, producer: Any, partition: int, *values: bytes) -> None:
        """Write a batch, and wait for its acknowledgement."""
        batch = producer.create_batch()
        for value in values:
            batch.append(timestamp=None, key=b"k", value=value, headers=[])
        await (await producer.send_batch(batch, self.ground.topic, partition=partition))

    async def look(self, what: str) -> None:
        """Write down where both partitions end, and what both kinds of readers find, once all markers are there."""
        await asyncio.sleep(MARKERS_S)
        for level in ("read_uncommitted", "read_committed"):
            self.seen.append((what, level, await self.read(level)))

    async def read(self, level: Level) -> list[Any]:
        found: list[Any] = []
        async with self.kafka.consumer(level, fetch_max_wait_ms=10) as consumer:
            places = [self.place(0), self.place(1)]
            consumer.assign(places)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(places)
            for place in places:
                records: list[Any] = []
                while await consumer.position(place) < ends[place]:
                    got = await consumer.getmany(place, timeout_ms=200)
                    records += [(record.offset, record.value) for record in got.get(place, ())]
                found.append((ends[place], records))
        return found

    async def member(self, member_id: str = "", instance: str | None = None) -> tuple[Joined, Membership]:
        joined = await self.ground.join(member_id, instance)
        await self.ground.sync(joined, instance)
        return joined, Membership(self.ground.group, joined.generation, joined.member_id, instance)

    async def offsets(self, producer: Any, membership: Membership, offset: int = 7) -> None:
        await producer.send_offsets_to_transaction({self.place(0): offset}, membership)

    async def look_at_group(self, what: str) -> None:
        await asyncio.sleep(MARKERS_S)
        self.seen.append((what, sorted((place.partition, at) for place, at in (await self.ground.committed()).items())))
