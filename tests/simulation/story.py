"""What happens in a world: input comes, and workers, network and broker have accidents."""

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING

from aiokafka import TopicPartition
from aiokafka.errors import ConcurrentTransactions, InvalidProducerEpoch, InvalidTxnState

from agents.engine.bundle import Bundle
from tests.simulation.judge import STRANGER
from tests.simulation.network import NOWHERE, Weather
from tests.simulation.plan import Act
from tests.simulation.toy import A

if TYPE_CHECKING:
    from tests.simulation.loop import Process
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

AIM_S = 3.0
SLOW = Weather(0.05, 1.0, 0.1)
CUTS = 0.25


class Story:
    """The acts of a plan, one after the other; at its end nothing is in anybody's way any more."""

    def __init__(self, world: "World") -> None:
        self._world, self._plan = world, world.plan
        self._chance = random.Random(f"story {world.plan.seed}")  # noqa: S311  a seed is the point
        self._thaws: list[tuple[Worker, float]] = []

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def tell(self) -> None:
        """Feed the input while the acts are played."""
        feeding = asyncio.create_task(self._feed())
        for act in self._plan.acts:
            await self.pause(act.pause_s)
            await getattr(self, f"_{act.name}")(act)
        await feeding
        await self._calm()

    async def _feed(self) -> None:
        gap = self._plan.feed_s / self._plan.records
        each = self._plan.records // (self._plan.reminders + 1)
        burst = self._chance.choice((1, 5, 20))
        for number in range(self._plan.records):
            self._world.feed(number)
            if number % burst == 0:
                await self.pause(burst * gap * 2 * self._chance.random())
            if self._plan.reminders and number % each == each - 1 and (able := self._able()):
                self._chance.choice(able).remind()

    async def _calm(self) -> None:
        """Thaw whoever is frozen, and see that somebody works."""
        self._world.network.weather, self._world.network.snare = Weather(), lambda *_: None
        for worker in self._world.workers:
            self._world.loop.thaw(worker.process)
        if not self._able():
            self._world.start_worker(None)

    def _able(self) -> "list[Worker]":
        return [w for w in self._world.workers if w.process.state == "running" and not w.leaving]

    async def _aim(self, act: Act) -> "Worker | None":
        """Choose a worker, and wait until it is where the act wants it; after some time any place will do."""
        able = self._able()
        if not able:
            return None
        worker = self._chance.choice(able)
        if act.api is not None:
            there: asyncio.Future[None] = self._world.loop.create_future()

            def snare(process: "Process", api: str, stage: str) -> None:
                if process is worker.process and api == act.api and stage == act.stage and not there.done():
                    self._world.loop.freeze(process)  # until the act itself has its turn
                    there.set_result(None)

            self._world.network.snare = snare
            try:
                async with asyncio.timeout(AIM_S):
                    await there
            except TimeoutError:
                pass
            self._world.network.snare = lambda *_: None
            self._world.loop.thaw(worker.process)
        return None if worker.process.dead else worker

    async def _kill(self, act: Act) -> None:
        worker = await self._aim(act)
        if worker is not None:
            self._world.note("world", f"kills {worker.name} at {act.api} {act.stage}")
            self._world.seen["killed"] += 1
            self._world.loop.kill(worker.process)
            self.start_later(worker, act.restart_s)

    def start_later(self, worker: "Worker", seconds: float) -> None:
        """Have a supervisor start it again."""
        self._world.loop.call_later(
            seconds, self._world.start_worker, worker.settings.instance, context=NOWHERE.context
        )

    async def _freeze(self, act: Act) -> None:
        """Stop a worker for a while. Somebody may think it dead and start another one of its name."""
        worker = await self._aim(act)
        if worker is None:
            return
        self._world.note("world", f"freezes {worker.name} for {act.length_s:.2f} s at {act.api} {act.stage}")
        self._world.loop.freeze(worker.process)
        self._world.seen["frozen"] += 1
        self._world.loop.call_later(act.length_s, self._thaw, worker)
        if self._chance.random() < CUTS:
            self._world.loop.call_later(act.length_s * 0.9, self._cut_now)
        if self._chance.random() < 0.3:
            self.start_later(worker, act.restart_s)
        if self._chance.random() < 0.5:
            await self.pause(act.length_s)

    def _thaw(self, worker: "Worker") -> None:
        if not worker.process.dead:
            self._world.note("world", f"thaws {worker.name}")
            self._world.loop.thaw(worker.process)

    async def _terminate(self, act: Act) -> None:
        worker = await self._aim(act)
        if worker is not None:
            self._world.note("world", f"terminates {worker.name}")
            worker.terminate()
            self.start_later(worker, act.restart_s)

    async def _start(self, act: Act) -> None:
        del act
        self._world.start_worker(None)

    async def _rebalance(self, act: Act) -> None:
        worker = await self._aim(act)
        if worker is not None and worker.member is not None:
            self._world.note("world", f"has {worker.name} ask for a rebalance")
            worker.member.ask_for_rebalance()

    async def _broker_down(self, act: Act) -> None:
        self._world.note("world", f"broker goes down for {act.length_s:.2f} s")
        self._world.network.go_down()
        await self.pause(act.length_s)
        self._world.note("world", "broker comes back")
        self._world.network.come_up()

    async def _broker_frozen(self, act: Act) -> None:
        self._world.note("world", f"broker is frozen for {act.length_s:.2f} s")
        self._world.loop.freeze(self._world.broker.process)
        await self.pause(act.length_s)
        self._world.note("world", "broker thaws")
        self._world.loop.thaw(self._world.broker.process)

    async def _slow(self, act: Act) -> None:
        usual, self._world.network.weather = self._world.network.weather, SLOW
        await self.pause(act.length_s)
        self._world.network.weather = usual

    async def _cut(self, act: Act) -> None:
        """Retention takes the head of an input topic, read or not."""
        del act
        self._cut_now()

    def _cut_now(self) -> None:
        """Rather where something waits to be read, and not all of that."""
        logs = self._world.broker.logs
        at = {
            TopicPartition(topic, lane): offset
            for lane, truth in enumerate(self._world.judge.lanes)
            for topic, offset in truth.positions.items()
        }
        waiting = [place for place, offset in at.items() if logs[place].stable > offset + 1]
        place = self._chance.choice(waiting or list(at))
        logs[place].cut(at[place] + self._chance.randrange(1, max(2, logs[place].stable - at[place])))
        self._world.note("world", f"{place.topic}/{place.partition} begins at {logs[place].start} now")

    async def _compact(self, act: Act) -> None:
        del act
        for place, log in self._world.broker.logs.items():
            if place.topic.endswith("changelog"):
                log.compact()
        self._world.note("world", "the changelog is compacted")

    async def _hold_input(self, act: Act) -> None:
        """Somebody else writes input in a transaction, and takes its time."""
        broker, place = self._world.broker, TopicPartition(A, self._chance.randrange(self._plan.lanes))
        name = f"{STRANGER}-{self._chance.random()}"
        producer = broker.init_producer(name, act.length_s + AIM_S)
        broker.add_partitions(name, producer, [place])
        bundle = Bundle(1 << 16)
        for key, value in ((b"k1", b"strange"), (b"k2", b"letter")):
            bundle.append(timestamp=None, key=key, value=value, headers=[])
        broker.produce(name, {place: bundle.sealed(producer.pid, producer.epoch, 0)})
        commit = self._chance.random() < 0.5
        self._world.note("world", f"a stranger writes to {place} and will {'commit' if commit else 'abort'}")

        def end() -> None:
            with contextlib.suppress(ConcurrentTransactions, InvalidProducerEpoch, InvalidTxnState):  # it took too long
                broker.transactions.end(name, producer, commit=commit)

        broker.later(act.length_s, end)
