"""Group commit: one transaction at a time over every lane that has something, and what is folded meanwhile waits."""

import asyncio
import contextlib
import time
import uuid
from typing import TYPE_CHECKING

from agents.engine.lane import Lane, Taken
from agents.engine.membership import RefusedError
from agents.engine.producer import start_producer
from agents.engine.shared import Shared
from agents.engine.transaction import Hook, Transactions, no_hook

if TYPE_CHECKING:
    from collections.abc import Callable


class Writer:
    """The worker's only producer, and when it is used.

    Attributes:
        name: The transactional id. It is in every position row.
        last_commit_at: When the last transaction was committed, or None.
        room: Set when a transaction has taken what lanes held.
        refused: Called with the reason when the group has refused a transaction.
    """

    def __init__(self, shared: Shared) -> None:
        self._settings, self._lanes, self._observer = shared.settings, shared.lanes, shared.observer
        self._fail = shared.fail
        self.name = f"{self._settings.app_id}-{self._settings.instance or uuid.uuid4().hex[:12]}"
        self.hook: Hook = no_hook
        self.last_commit_at: int | None = None
        self.room = asyncio.Event()
        self.refused: Callable[[str], None] = lambda _reason: None
        self._transactions: Transactions | None = None
        self._work: asyncio.Task[None] | None = None
        self._wake, self._hurry, self._lock = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._started = 0.0

    async def start(self) -> None:
        """Take the transactional id, once in the life of the process; later calls do nothing.

        It fences an older process of the same name. A second time it would let a frozen one back in.

        Raises:
            KafkaError: No broker could be reached.
        """
        if self._transactions is None:
            producer = await start_producer(self._settings, self.name)
            self._transactions = Transactions(producer, self._settings.changelog, self.name, self.hook)
            self._work = asyncio.create_task(self._loop(self._transactions))

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

    async def _loop(self, transactions: Transactions) -> None:
        try:
            while True:
                await self._wake.wait()
                await self._pace()
                self._wake.clear()
                self._hurry.clear()
                self._started = time.monotonic()
                async with self._lock:
                    await self._commit(transactions)
        except Exception as error:  # noqa: BLE001 - whatever it is, the outcome of a transaction is unknown
            self._fail(error)

    async def _pace(self) -> None:
        """Wait until the next transaction is due."""
        due = self._started + self._settings.commit_interval_ms / 1000
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.idle_interval_ms / 1000):
                await self._hurry.wait()

    async def _commit(self, transactions: Transactions) -> None:
        membership, lanes = self._lanes.membership, self._lanes.dirty()
        if membership is None or not lanes:
            return
        began = time.perf_counter()
        taken = [lane.take() for lane in lanes]
        self.room.set()
        try:
            await transactions.write(taken, membership)
        except RefusedError as refused:
            self._refused(str(refused), taken)
            await transactions.abort()
        else:
            self._committed(taken, time.perf_counter() - began)

    def _refused(self, reason: str, taken: list[Taken]) -> None:
        self._lanes.forget()
        records = sum(part.records for part in taken)
        self._observer.refused(reason, [part.lane.partition for part in taken], records)
        self.refused(reason)

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
