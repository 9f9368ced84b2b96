"""A simulated worker process: the engine itself, and around it what Faust does."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from aiokafka.errors import KafkaError

from agents.engine.engine import Engine
from agents.engine.kafka import passing
from agents.engine.membership import Membership, NotAMemberError
from agents.engine.observer import Observer
from agents.engine.process import Ending
from agents.engine.settings import EngineSettings
from tests.simulation.clients import ModelKafka
from tests.simulation.loop import Process
from tests.simulation.membership import Calls, GroupMember
from tests.simulation.network import Network
from tests.simulation.toy import ToyFold

RETRY_S = 1.0
LEAVE_S = 0.5


class GoneError(BaseException):
    """The process has ended itself; what was running goes no further."""


class Fall(Ending):
    """Ends the simulated process, and no other."""

    def __init__(self, fell: Callable[[BaseException], None]) -> None:
        super().__init__(Observer())
        self._fell = fell

    def fail(self, error: BaseException) -> NoReturn:
        self._fell(error)
        raise GoneError


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a worker's surroundings behave.

    Attributes:
        fold_s: What a record takes to fold, at most.
        restore_s: What a row takes to restore, at most.
        agent_s: What an agent waits before it folds, at most.
        drops: The share of deliveries that an agent refuses.
        clears: Whether a rebalance empties the agent's queue.
        fetch_max: Records that a fetch brings at most.
    """

    fold_s: float = 0.0
    restore_s: float = 0.0
    agent_s: float = 0.0
    drops: float = 0.0
    clears: bool = True
    fetch_max: int = 20


class Worker:
    """One process from its start to its end.

    Attributes:
        process: What can be frozen and killed.
        leaving: SIGTERM has come.
    """

    def __init__(self, name: str, settings: EngineSettings, habits: Habits, around: "Surroundings") -> None:
        self.name, self.settings, self._habits, self._chance = name, settings, habits, around.chance
        self.process, self.leaving = Process(name), False
        self._network, self._loop = around.network, around.network.loop
        self.kafka = ModelKafka(around.network, settings, habits.fetch_max)
        self._fell = lambda error: around.fell(self, error)
        self._assign, self._observer = around.assign, around.observer
        self.engine: Engine | None = None
        self.member: GroupMember | None = None

    def start(self) -> None:
        """Begin to run."""
        self._task(self._main())

    def _task(self, work: Any) -> None:
        self._loop.create_task(self._guarded(work), context=self.process.context)

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  nothing may be lost in a task
            self._fell(error)

    async def _main(self) -> None:
        self.engine = engine = Engine(
            self.settings, lambda _lane: ToyFold(self._spend), self._observer, self.kafka, Fall(self._fell)
        )
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._flowing = asyncio.Event()
        await engine.watch.connect()
        self._task(engine.watch.run())
        calls = Calls(self._assign, self._on_revoked, self._on_assigned, engine.ending.fail)
        self.member = GroupMember(self._network, self.settings.instance, self.settings.heartbeat_ms / 1000, calls)
        engine.patience.rejoin = self.member.ask_for_rebalance
        self._task(self.member.run())
        self._task(self._drain())
        self._task(self._tend())

    def _spend(self, what: str) -> None:
        most = self._habits.restore_s if what == "restore" else self._habits.fold_s
        if most:
            self._loop.spend(self._chance.random() * most)

    async def _on_revoked(self) -> None:
        assert self.engine is not None
        await self.engine.revoke()
        self._flowing.clear()
        if self._habits.clears:
            self._queue = asyncio.Queue()

    async def _on_assigned(self, lanes: list[int]) -> None:
        """As the table's store does it."""
        assert self.engine is not None
        assert self.member is not None
        self.engine.forget()
        member = self.member
        try:
            membership = Membership("app", member.generation, member.member_id, member.instance)
        except NotAMemberError as error:
            self.engine.patience.begin(str(error))
            return
        self.engine.assign(lanes, membership)
        self._flowing.set()

    async def _drain(self) -> None:
        """As the transport does it."""
        assert self.engine is not None
        while True:
            await self.engine.lanes.present.wait()
            await self._flowing.wait()
            try:
                await self.engine.reader.read(self._deliver, lambda: False)
            except KafkaError as error:
                if not passing(error):
                    raise
                await asyncio.sleep(RETRY_S)

    async def _deliver(self, delivery: Any) -> None:
        if self._flowing.is_set() and self._chance.random() >= self._habits.drops:
            self._queue.put_nowait(delivery)

    async def _tend(self) -> None:
        while True:
            queue = self._queue
            try:
                async with asyncio.timeout(1):
                    delivery = await queue.get()
            except TimeoutError:
                continue  # a rebalance may have left another queue
            if self._habits.agent_s:
                await asyncio.sleep(self._chance.random() * self._habits.agent_s)
            await delivery.fold()
            del delivery

    def remind(self) -> None:
        """Have the clock post a letter in a lane that is open here."""
        if self.engine is not None and self.engine.lanes.open:
            lane = self._chance.choice(sorted(self.engine.lanes.open))
            self.engine.lanes.open[lane].fold.remind()
            self.engine.touch(lane)

    def terminate(self) -> None:
        """SIGTERM: our transaction, then Faust, then the group; a watchdog ends it in any case."""
        self.leaving = True
        self._loop.call_later(self.settings.stop_bound_ms / 1000, self._end, context=self.process.context)
        self._task(self._leave())

    async def _leave(self) -> None:
        if self.engine is not None and self.member is not None:
            await self.engine.stop()
            try:
                async with asyncio.timeout(LEAVE_S):
                    await self.member.leave()
            except (KafkaError, TimeoutError):
                pass
        self._end()

    def _end(self) -> None:
        self._loop.kill(self.process)


@dataclass(frozen=True)
class Surroundings:
    """What a worker meets outside of itself.

    Attributes:
        assign: Gives the lanes out, when it is the group's leader.
        fell: Hears that it has ended itself, and why.
    """

    network: Network
    chance: random.Random
    assign: Callable[[Sequence[str]], dict[str, list[int]]]
    fell: Callable[[Worker, BaseException], None]
    observer: Observer
