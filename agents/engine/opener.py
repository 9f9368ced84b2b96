"""Opens lanes: no older owner's transaction may be in the air when their changelog is read."""

import asyncio

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, KafkaTimeoutError

from agents.engine.changelog import owner_of, restore
from agents.engine.kafka import Consumer, passing
from agents.engine.lane import Lane
from agents.engine.membership import Membership
from agents.engine.moment import now
from agents.engine.positions import settle
from agents.engine.shared import Shared
from agents.engine.writer import Writer

POLL_S = 0.05
RETRY_S = 1.0
FENCE_S = 5.0
# A fetch that waits holds up the requests for offsets that come after it on the same connection.
FETCH = {"max_partition_fetch_bytes": 4 * 1024 * 1024, "fetch_max_wait_ms": 10}


class Opener:
    """Opens the lanes of one assignment in the background. At most one opening runs."""

    def __init__(self, shared: Shared, writer: Writer) -> None:
        self._settings, self._lanes, self._observer = shared.settings, shared.lanes, shared.observer
        self._new_fold, self._fail, self._kafka, self._writer = shared.new_fold, shared.fail, shared.kafka, writer
        self._task: asyncio.Task[None] | None = None

    def start(self, partitions: list[int], membership: Membership) -> None:
        """Open these partitions under this membership; an opening that still runs is dropped."""
        self.cancel()
        self._task = asyncio.create_task(self._run(set(partitions), membership))

    def cancel(self) -> None:
        """Drop the opening that runs, if one does."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, left: set[int], membership: Membership) -> None:
        try:
            # A rejoin can keep generation and member id: our own last transaction must be over too.
            await self._writer.idle()
            while left:
                try:
                    await self._writer.start(TopicPartition(self._settings.inputs[0], min(left)), membership)
                    await self._open(left, membership)
                except KafkaError as error:
                    if not passing(error):
                        raise
                    await asyncio.sleep(RETRY_S)
        except Exception as error:  # noqa: BLE001 - a lane that cannot be opened ends the process
            self._fail(error)

    async def _open(self, left: set[int], membership: Membership) -> None:
        """Open lane after lane, as their last stable offset arrives; removes from left what is open."""
        began, fenced = now(), set[str]()
        async with (
            self._kafka.consumer("read_committed", **FETCH) as committed,
            self._kafka.consumer("read_uncommitted", **FETCH) as raw,
        ):
            places = [TopicPartition(self._settings.changelog, partition) for partition in sorted(left)]
            raw.assign(places)
            # Whatever an older owner can still commit lies below this. One mark: a moving one might never be reached.
            marks: dict[TopicPartition, int] = await raw.end_offsets(places)
            while places:
                stable = await committed.end_offsets(places)
                waited = now() - began
                ready = {place: marks[place] for place in places if stable[place] >= marks[place]}
                if ready:
                    await self._install(committed, ready, membership, (began, waited))
                    left -= {place.partition for place in ready}
                    places = [place for place in places if place not in ready]
                if places and waited * 1000 > self._settings.fence_grace_ms:
                    for place in places:
                        await self._fence(raw, place, stable[place], fenced)
                if places:
                    await asyncio.sleep(POLL_S)

    async def _install(
        self,
        committed: Consumer,
        ready: dict[TopicPartition, int],
        membership: Membership,
        times: tuple[float, float],
    ) -> None:
        restored = await restore(committed, ready, self._new_fold)
        known = {place.partition: found.positions for place, found in restored.items()}
        positions = await settle(committed, known, self._settings.inputs, self._observer)
        folds = {place.partition: found.fold for place, found in restored.items()}
        lanes = [Lane(partition, fold, positions[partition], self._writer.tell) for partition, fold in folds.items()]
        self._lanes.add(lanes, membership)
        began, waited = times
        for place, found in restored.items():
            self._observer.opened(place.partition, found.rows, now() - began, waited)

    async def _fence(self, raw: Consumer, place: TopicPartition, at: int, fenced: set[str]) -> None:
        """End the transaction that is open at this offset, unless it is our own or was tried before."""
        raw.assign([place])
        raw.seek(place, at)
        records = (await raw.getmany(place, timeout_ms=200, max_records=1)).get(place, [])
        owner = owner_of(records[0]) if records else None
        if owner is None or owner == self._writer.name or owner in fenced:
            return
        fenced.add(owner)
        self._observer.fenced(owner, place.partition)
        try:
            async with asyncio.timeout(FENCE_S):
                await self._kafka.end_transaction_of(owner)
        except TimeoutError as error:
            raise KafkaTimeoutError(owner) from error
