"""Reads the inputs at the lanes' own positions and hands each lane one batch per partition."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from agents.engine.fold import Record
from agents.engine.kafka import Consumer
from agents.engine.lane import Lane
from agents.engine.moment import now
from agents.engine.pace import Pace
from agents.engine.positions import settle
from agents.engine.shared import Shared
from agents.engine.writer import Writer

POLL_MS = 100
FULL_POLL_MS = 10
STALL_S = 1.0
QUEUE_S = 30.0
PARTITION_BYTES = 1024 * 1024


class Batch:
    """Records of one partition, in order: all that there are at the offsets in [start, end)."""

    __slots__ = ("__weakref__", "_fail", "end", "lane", "records", "start", "topic")

    def __init__(
        self,
        lane: Lane,
        topic: str,
        records: Sequence[Record],
        span: tuple[int, int],
        fail: Callable[[BaseException], None],
    ) -> None:
        self.lane, self.topic, self.records, self._fail = lane, topic, records, fail
        self.start, self.end = span

    async def fold(self) -> None:
        """Fold the records into their lane. A bug in the fold ends the process: nothing of the batch is written."""
        try:
            await self.lane.offer(self.topic, self.records, self.start, self.end)
        except Exception as error:  # noqa: BLE001 - Faust would log it and go on with half a batch folded
            self._fail(error)


class Source:
    """One input partition: where the reader is, and since when its lane has not followed."""

    __slots__ = ("delivered", "lane", "next", "place", "stalled_at", "stalled_since")

    def __init__(self, lane: Lane, place: TopicPartition) -> None:
        self.lane, self.place = lane, place
        self.next = self.stalled_at = lane.positions[place.topic]
        self.stalled_since: float | None = None
        self.delivered: Callable[[], Batch | None] = lambda: None

    def missing(self, moment: float) -> int | None:
        """Give the offset to read again from, when the lane has stayed behind for too long.

        A batch that somebody still holds waits in a queue, behind slow folds perhaps; else it was dropped.
        """
        bound = STALL_S if self.delivered() is None else QUEUE_S
        at = self.lane.positions[self.place.topic]
        if at >= self.next:
            self.stalled_since = None
        elif self.stalled_since is None or at != self.stalled_at:
            self.stalled_at, self.stalled_since = at, moment
        elif moment - self.stalled_since > bound:
            self.next, self.stalled_since = at, None
            return at
        return None


class Reader:
    """Reads for one version of the set of lanes."""

    def __init__(self, shared: Shared, writer: Writer) -> None:
        self._settings, self._lanes, self._observer = shared.settings, shared.lanes, shared.observer
        self._fail, self._kafka, self._writer = shared.fail, shared.kafka, writer
        self.lag: dict[TopicPartition, int] = {}

    async def read(self, deliver: Callable[[Batch], Awaitable[None]], stopped: Callable[[], bool]) -> None:
        """Read until the set of lanes changes or stopped() is true.

        Raises:
            KafkaError: No broker could be reached, or it refuses us.
        """
        version = self._lanes.version
        async with self._kafka.consumer("read_committed", max_partition_fetch_bytes=PARTITION_BYTES) as client:
            pace, sources = Pace(client, self._settings), self._place(client)
            while self._lanes.version == version and not stopped():
                try:
                    pace.note(records=await self._round(client, sources, deliver, version))
                except OffsetOutOfRangeError:
                    return await self._resettle(client)
        return None

    def _place(self, client: Consumer) -> dict[TopicPartition, Source]:
        places = [(lane, TopicPartition(t, p)) for p, lane in self._lanes.open.items() for t in self._settings.inputs]
        sources = {place: Source(lane, place) for lane, place in places}
        client.assign(list(sources))
        for place, source in sources.items():
            client.seek(place, source.next)
        self.lag = {}
        return sources

    async def _round(
        self,
        client: Consumer,
        sources: dict[TopicPartition, Source],
        deliver: Callable[[Batch], Awaitable[None]],
        version: int,
    ) -> bool:
        """Poll once and hand over what there is. Returns whether there was something to do."""
        ready = self._ready(sources)
        if not ready:
            await self._wait_for_room()
            return True
        timeout = POLL_MS if len(ready) == len(sources) else FULL_POLL_MS
        got = await client.getmany(*ready, timeout_ms=timeout, max_records=self._settings.read_max)
        for place, records in got.items():
            if self._lanes.version != version:
                return True
            source, end = sources[place], records[-1].offset + 1
            batch = Batch(source.lane, place.topic, records, (source.next, end), self._fail)
            source.next, source.delivered = end, weakref.ref(batch)
            await deliver(batch)
            del batch
        self._follow(client, sources)
        return bool(got)

    def _ready(self, sources: dict[TopicPartition, Source]) -> list[TopicPartition]:
        """Give the places whose lane has room, counting what is on its way to it."""
        coming: dict[int, int] = {}
        for place, source in sources.items():
            ahead = source.next - source.lane.positions[place.topic]
            coming[place.partition] = coming.get(place.partition, 0) + ahead
        room = {lane for lane, ahead in coming.items() if self._writer.has_room(self._lanes.open[lane], ahead)}
        return [place for place in sources if place.partition in room]

    async def _wait_for_room(self) -> None:
        self._writer.room.clear()
        try:
            async with asyncio.timeout(POLL_MS / 1000):
                await self._writer.room.wait()
        except TimeoutError:
            return

    def _follow(self, client: Consumer, sources: dict[TopicPartition, Source]) -> None:
        """Read again what an agent refused or never got, and note how far the lanes are behind."""
        moment = now()
        for place, source in sources.items():
            again = source.missing(moment)
            if again is not None:
                self._observer.reread(place.topic, place.partition, again)
                client.seek(place, again)
            known = client.last_stable_offset(place)
            if known is not None:
                self.lag[place] = max(0, known - source.lane.positions[place.topic])

    async def _resettle(self, client: Consumer) -> None:
        """Go on after records that the topic dropped while we were reading it."""
        known = {partition: dict(lane.positions) for partition, lane in self._lanes.open.items()}
        for partition, positions in (await settle(client, known, self._settings.inputs, self._observer)).items():
            lane = self._lanes.open.get(partition)
            if lane is not None:
                lane.positions.update({topic: max(lane.positions[topic], at) for topic, at in positions.items()})
