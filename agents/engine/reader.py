"""Reads the inputs at the lanes' own positions and hands over what there is, lane by lane, in rounds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from agents.engine.batch import Round
from agents.engine.fold import Record
from agents.engine.inputs import Inputs
from agents.engine.kafka import Consumer
from agents.engine.moment import now
from agents.engine.pace import Pace
from agents.engine.positions import settle
from agents.engine.shared import Shared
from agents.engine.writer import Writer

POLL_MS = 100
HELD_POLL_MS = 10
PARTITION_BYTES = 1024 * 1024

Deliver = Callable[[Round], Awaitable[None]]


class Reader:
    """Reads for one version of the set of lanes."""

    def __init__(self, shared: Shared, writer: Writer) -> None:
        self._settings, self._lanes, self._observer = shared.settings, shared.lanes, shared.observer
        self._fail, self._kafka, self._writer = shared.fail, shared.kafka, writer
        self._inputs: Inputs | None = None
        self._gave = False

    @property
    def lag(self) -> dict[TopicPartition, int]:
        """How many offsets the lanes are behind, as far as we have heard."""
        return self._inputs.lag if self._inputs is not None else {}

    async def read(self, deliver: Deliver, stopped: Callable[[], bool]) -> None:
        """Read until the set of lanes changes or stopped() is true.

        Raises:
            KafkaError: No broker could be reached, or it refuses us.
        """
        version = self._lanes.version
        async with self._kafka.consumer("read_committed", max_partition_fetch_bytes=PARTITION_BYTES) as client:
            pace, inputs = Pace(client, self._settings), self._place(client)
            try:
                while self._lanes.version == version and not stopped():
                    pace.note(await self._turn(client, inputs, deliver, version))
            except OffsetOutOfRangeError:
                await self._resettle(client)
            finally:
                self._inputs = None

    def _place(self, client: Consumer) -> Inputs:
        inputs = self._inputs = Inputs(self._lanes.open, self._settings.inputs, client.unread)
        client.assign(list(inputs.starts))
        for place, offset in inputs.starts.items():
            client.seek(place, offset)
        self._gave = False
        return inputs

    async def _turn(self, client: Consumer, inputs: Inputs, deliver: Deliver, version: int) -> int:
        """Poll once and hand over what there is. Returns how many records came; 1 when something else was to do."""
        got = await self._poll(client, inputs)
        if self._lanes.version != version:
            return 1
        inputs.add(got)
        batches = inputs.hand_over(self._writer.has_room, self._settings.read_max, now())
        self._gave = bool(batches)
        if batches:
            await deliver(Round(batches, self._fail))
            del batches  # who holds a batch shows by it that it was not dropped
        for place, offset in inputs.missing(now()):
            self._observer.reread(place.topic, place.partition, offset)
            client.seek(place, offset)
        return sum(map(len, got.values())) or int(self._gave)

    async def _poll(self, client: Consumer, inputs: Inputs) -> Mapping[TopicPartition, Sequence[Record]]:
        """Read on where few records wait to be handed over."""
        most = self._settings.read_max
        hungry = inputs.hungry(most)
        if not hungry:
            await self._wait_for_room()
            return {}
        timeout_ms = (0 if self._gave else HELD_POLL_MS) if inputs.held else POLL_MS
        return await client.getmany(*hungry, timeout_ms=timeout_ms, max_records=most)

    async def _wait_for_room(self) -> None:
        self._writer.room.clear()
        try:
            async with asyncio.timeout(POLL_MS / 1000):
                await self._writer.room.wait()
        except TimeoutError:
            return

    async def _resettle(self, client: Consumer) -> None:
        """Go on after records that the topic dropped while we were reading it.

        A lane that was opened anew meanwhile knows its own positions: what the one before it had folded is forgotten.
        """
        lanes = dict(self._lanes.open)
        known = {partition: dict(lane.positions) for partition, lane in lanes.items()}
        for partition, positions in (await settle(client, known, self._settings.inputs, self._observer)).items():
            lane = lanes[partition]
            if self._lanes.open.get(partition) is lane:
                lane.positions.update({topic: max(lane.positions[topic], at) for topic, at in positions.items()})
