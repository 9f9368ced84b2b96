"""Group commit: one transaction at a time over every lane that has something, and what is folded meanwhile waits."""

import asyncio
import contextlib
import time
import uuid

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from agents.engine.lane import Lane, Taken
from agents.engine.membership import Membership, RefusedError
from agents.engine.moment import now
from agents.engine.patience import Patience
from agents.engine.shared import Shared
from agents.engine.transaction import Hook, Transactions, no_hook
from agents.engine.watch import BrokerWatch

MARKERS_S = 0.005
"""What a broker takes to write the markers of a transaction. Who writes earlier waits there for 20 ms, by default."""


class Writer:
    """The worker's only producer, and when it is used.

    Attributes:
        name: The transactional id. It is in every position row.
        last_commit_at: When the last transaction was committed, or None.
        room: Set when a transaction has taken what lanes held.
    """

    def __init__(self, shared: Shared, watch: BrokerWatch, patience: Patience) -> None:
        self._settings, self._lanes, self._observer = shared.settings, shared.lanes, shared.observer
        self._fail, self._kafka, self._watch, self._patience = shared.fail, shared.kafka, watch, patience
        self.name = self._new_name()
        self.hook: Hook = no_hook
        self.last_commit_at: int | None = None
        self.room = asyncio.Event()
        self._transactions: Transactions | None = None
        self._work: asyncio.Task[None] | None = None
        self._wake, self._hurry, self._lock = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._started, self._ended, self._idle_s = 0.0, 0.0, self._settings.idle_interval_ms / 1000

    def _new_name(self) -> str:
        return f"{self._settings.app_id}-{self._settings.instance or uuid.uuid4().hex[:12]}"

    async def start(self, lane: TopicPartition, membership: Membership) -> None:
        """Take the transactional id, or show that it is still ours.

        Taking it fences an older process of the same name. A second time it would let a frozen one back in, so a name
        is taken once in the life of a process. The frozen one can join the group again, though, and its younger twin
        after it, and so on: if opening takes longer than a heartbeat, neither would ever use its producer. So a name
        that others can have is shown before lanes are opened, with offsets of an input partition that are aborted.

        Raises:
            ProducerFenced: Another process has the name now.
            KafkaError: No broker could be reached.
        """
        if self._transactions is None:
            producer = await self._kafka.start_producer(self.name)
            self._transactions = Transactions(
                producer, self._settings.changelog, self.name, self.hook, self._settings.routes
            )
        elif self._settings.instance is not None:
            shown = asyncio.create_task(self._show(self._transactions, lane, membership))
            shown.add_done_callback(_heard)
            await asyncio.shield(shown)
        if self._work is None:
            self._work = asyncio.create_task(self._loop())

    async def _show(self, transactions: Transactions, lane: TopicPartition, membership: Membership) -> None:
        async with self._lock:
            await transactions.show(lane, membership)

    def tell(self, lane: Lane) -> None:
        """Hear that a lane has something."""
        self._wake.set()
        if lane.urgent or not self.has_room(lane):
            self._hurry.set()

    def has_room(self, lane: Lane, coming: int = 0) -> bool:
        """Whether the lane may be given another read without passing its bound; coming: records on their way to it."""
        return lane.uncommitted + coming + self._settings.read_max <= self._settings.uncommitted_max

    async def idle(self) -> None:
        """Wait until no transaction runs."""
        async with self._lock:
            pass

    async def _loop(self) -> None:
        try:
            while True:
                await self._wake.wait()
                await self._pace()
                self._hurry.clear()
                self._started = now()
                lanes = self._due()
                if len(lanes) == len(self._lanes.dirty()):
                    self._wake.clear()
                async with self._lock:
                    await self._commit(lanes)
                self._ended = now()
        except Exception as error:  # noqa: BLE001 - whatever it is, the outcome of a transaction is unknown
            self._fail(error)

    async def _pace(self) -> None:
        """Wait until the next transaction is due: soon when readers wait for it, else when its oldest part is."""
        due = max(self._started + self._settings.commit_interval_ms / 1000, self._ended + MARKERS_S)
        await asyncio.sleep(max(0.0, due - now()))
        waiting = [lane.dirty_since for lane in self._lanes.dirty() if lane.dirty_since is not None]
        oldest = min(waiting, default=now())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, oldest + self._idle_s - now())):
                await self._hurry.wait()

    def _due(self) -> list[Lane]:
        """Give the lanes that the next transaction takes.

        Each partition in a transaction has its price, for us and above all for the broker. So a lane that holds only
        what nobody waits for is left out, until it has waited long enough or a lane is full and all are under load.
        """
        dirty = self._lanes.dirty()
        urgent = [lane for lane in dirty if lane.urgent]
        if not urgent or not all(self.has_room(lane) for lane in dirty):
            return dirty
        late = now() - self._idle_s
        return [lane for lane in dirty if lane.urgent or (lane.dirty_since is not None and lane.dirty_since <= late)]

    async def _commit(self, lanes: list[Lane]) -> None:
        membership, transactions = self._lanes.membership, self._transactions
        lanes = [lane for lane in lanes if not lane.closed]
        if membership is None or not lanes or transactions is None:
            return
        began = now()
        taken = await self._take(lanes)
        try:
            await transactions.write(taken, membership)
        except RefusedError as refused:
            self._forget(str(refused), taken)
            self._patience.begin(str(refused))
            await self._abort(transactions)
        except KafkaError as error:
            if not self._may_begin_again(error):
                raise
            self._forget(type(error).__name__, taken)
            await self._begin_again(transactions, error)
        else:
            self._committed(taken, now() - began)

    async def _take(self, lanes: list[Lane]) -> list[Taken]:
        """Harvest the lanes, one in each turn of the event loop: it may be much."""
        taken = []
        for lane in lanes:
            taken.append(lane.take())
            await asyncio.sleep(0)
        self.room.set()
        return taken

    def _forget(self, reason: str, taken: list[Taken]) -> None:
        """Drop all lanes: what is in memory is ahead of the log."""
        self._lanes.forget()
        records = sum(part.records for part in taken)
        self._observer.refused(reason, [part.lane.partition for part in taken], records)

    async def _abort(self, transactions: Transactions) -> None:
        try:
            await transactions.abort()
        except KafkaError as error:
            if not self._may_begin_again(error):
                raise
            await self._begin_again(transactions, error)

    def _may_begin_again(self, error: KafkaError) -> bool:
        """Whether the transaction is lost and nothing is wrong with us.

        Either a new owner of our lanes has ended it, or the broker has, after its timeout; or the broker was away. A
        worker with a name of its own ends instead, and is started again: another process may have its name now.
        """
        lost = isinstance(error, ProducerFenced) or self._watch.away_after(self._started)
        return lost and self._settings.instance is None

    async def _begin_again(self, transactions: Transactions, error: KafkaError) -> None:
        """Go on under a new name, with lanes read anew under a new membership, as a new process would."""
        await self._kafka.discard(transactions.producer)
        self.name, self._transactions = self._new_name(), None
        self._patience.begin(type(error).__name__, ask=True)

    def _committed(self, taken: list[Taken], seconds: float) -> None:
        self.last_commit_at = int(time.time() * 1000)
        for part in taken:
            part.lane.fold.committed()
        self._observer.committed(
            len(taken),
            sum(part.records for part in taken),
            sum(len(part.harvest.rows) for part in taken),
            sum(len(part.harvest.outputs) for part in taken),
            seconds,
        )


def _heard(shown: "asyncio.Task[None]") -> None:
    """Hear what came of a name that was shown for an opening which was given up: the next use of it says the same."""
    if not shown.cancelled():
        shown.exception()
