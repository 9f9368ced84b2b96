"""Reads the inputs at the lanes' own positions and hands over what there is, lane by lane, in rounds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import chain

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from agents.engine.batch import Batch, Round
from agents.engine.fold import Record
from agents.engine.kafka import Consumer
from agents.engine.lane import Lane
from agents.engine.moment import now
from agents.engine.pace import Pace
from agents.engine.positions import settle
from agents.engine.shared import Shared
from agents.engine.source import Source, in_step
from agents.engine.writer import Writer

POLL_MS = 100
HELD_POLL_MS = 10
PARTITION_BYTES = 1024 * 1024

Sources = Mapping[int, Sequence[Source]]
"""The sources of each lane."""


class Reader:
    """Reads for one version of the set of lanes."""

    def __init__(self, shared: Shared, writer: Writer) -> None:
        self._settings, self._lanes, self._observer = shared.settings, shared.lanes, shared.observer
        self._fail, self._kafka, self._writer = shared.fail, shared.kafka, writer
        self.lag: dict[TopicPartition, int] = {}
        self._gave = False

    async def read(self, deliver: Callable[[Round], Awaitable[None]], stopped: Callable[[], bool]) -> None:
        """Read until the set of lanes changes or stopped() is true.

        Raises:
            KafkaError: No broker could be reached, or it refuses us.
        """
        version = self._lanes.version
        async with self._kafka.consumer("read_committed", max_partition_fetch_bytes=PARTITION_BYTES) as client:
            pace, sources = Pace(client, self._settings), self._place(client)
            while self._lanes.version == version and not stopped():
                try:
                    pace.note(records=await self._turn(client, sources, deliver, version))
                except OffsetOutOfRangeError:
                    return await self._resettle(client)
        return None

    def _place(self, client: Consumer) -> Sources:
        sources = {
            number: [Source(lane, TopicPartition(topic, number)) for topic in self._settings.inputs]
            for number, lane in self._lanes.open.items()
        }
        client.assign([source.place for source in _each(sources)])
        for source in _each(sources):
            client.seek(source.place, source.next)
        self.lag, self._gave = {}, False
        return sources

    async def _turn(
        self, client: Consumer, sources: Sources, deliver: Callable[[Round], Awaitable[None]], version: int
    ) -> bool:
        """Poll once and hand over what there is. Returns whether there was something to do."""
        got = await self._poll(client, sources)
        if self._lanes.version != version:
            return True
        for source in _each(sources):
            source.add(got.get(source.place, ()))
            source.unread = client.unread(source.place)
        batches = [batch for number, lane in sources.items() for batch in self._due(self._lanes.open[number], lane)]
        self._gave = bool(batches)
        if batches:
            await deliver(Round(batches, self._fail))
            del batches  # who holds a batch shows by it that it was not dropped
        self._follow(client, sources)
        return bool(got) or self._gave

    async def _poll(self, client: Consumer, sources: Sources) -> Mapping[TopicPartition, Sequence[Record]]:
        """Read on where few records wait to be handed over."""
        most = self._settings.read_max
        hungry = [source.place for source in _each(sources) if source.held < most]
        if not hungry:
            await self._wait_for_room()
            return {}
        held = any(source.held for source in _each(sources))
        timeout_ms = (0 if self._gave else HELD_POLL_MS) if held else POLL_MS
        return await client.getmany(*hungry, timeout_ms=timeout_ms, max_records=most)

    def _due(self, lane: Lane, sources: Sequence[Source]) -> Iterator[Batch]:
        """Give what a lane takes now, if it has room for another read beside what is on its way to it."""
        if self._writer.has_room(lane, sum(source.coming for source in sources)):
            yield from in_step(sources, self._settings.read_max, now())

    async def _wait_for_room(self) -> None:
        self._writer.room.clear()
        try:
            async with asyncio.timeout(POLL_MS / 1000):
                await self._writer.room.wait()
        except TimeoutError:
            return

    def _follow(self, client: Consumer, sources: Sources) -> None:
        """Read again what an agent refused or never got, and note how far the lanes are behind."""
        moment = now()
        for source in _each(sources):
            again = source.missing(moment)
            if again is not None:
                self._observer.reread(source.place.topic, source.place.partition, again)
                client.seek(source.place, again)
            elif source.unread is not None:
                self.lag[source.place] = source.lag

    async def _resettle(self, client: Consumer) -> None:
        """Go on after records that the topic dropped while we were reading it."""
        known = {partition: dict(lane.positions) for partition, lane in self._lanes.open.items()}
        for partition, positions in (await settle(client, known, self._settings.inputs, self._observer)).items():
            lane = self._lanes.open.get(partition)
            if lane is not None:
                lane.positions.update({topic: max(lane.positions[topic], at) for topic, at in positions.items()})


def _each(sources: Sources) -> Iterator[Source]:
    return chain.from_iterable(sources.values())
