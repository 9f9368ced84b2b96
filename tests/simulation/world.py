"""Runs one seed: workers, what happens to them, and what must hold nevertheless."""

import random
from collections import Counter, deque
from collections.abc import Sequence
from itertools import count
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import ProducerFenced

from agents.engine import writer
from tests.simulation.broker import Answer, Bounds, ModelBroker
from tests.simulation.group import FencedInstanceIdError
from tests.simulation.judge import Judge, WrongError
from tests.simulation.loop import START_S, Process, StuckError, VirtualLoop
from tests.simulation.network import Network
from tests.simulation.plan import Plan
from tests.simulation.story import Story
from tests.simulation.teller import Teller
from tests.simulation.toy import INPUTS, OUTPUTS, A, B
from tests.simulation.worker import GoneError, Surroundings, Worker

KEYS = 5
SETTLE_S = 150.0
LOOK_S = 0.25
REBALANCE_S = 3.0


class World:
    """Everything of one seed.

    Attributes:
        workers: All that were ever started, the dead ones too.
        trace: The last things that happened: when, who, what.
    """

    def __init__(self, plan: Plan, shown: int) -> None:
        self.plan = plan
        self.chance = random.Random(f"world {plan.seed}")  # noqa: S311  a seed is the point
        self.loop = VirtualLoop()
        self.trace: deque[tuple[float, str, tuple[Any, ...]]] = deque(maxlen=shown)
        changelog = plan.settings(None).changelog
        self.judge = Judge(changelog, plan.lanes)
        self.judge.wrong = self.wrong
        topics = dict.fromkeys((*INPUTS, *OUTPUTS, changelog), plan.lanes)
        bounds = Bounds(plan.session_s, REBALANCE_S, lambda: self.chance.random() * plan.marker_s, plan.implicit)
        self.broker = ModelBroker(self.loop, topics, bounds, self.judge)
        self.broker.heard = lambda what: self.note("broker", what)
        self.network = Network(self.loop, self.broker, self.chance, plan.weather)
        self.network.noted, self.network.patience_s = self._noted, plan.patience_s
        self.workers: list[Worker] = []
        self.names = count()
        self.seen: Counter[str] = Counter()
        self.virtual_s = 0.0
        self.story = Story(self)

    def run(self) -> None:
        """Run to the end.

        Raises:
            WrongError: An invariant does not hold.
        """
        before, writer.uuid = writer.uuid, self  # type: ignore[assignment]
        try:
            self.loop.set_exception_handler(self._unhandled)
            self.loop.run_until_complete(self._main())
        except StuckError:
            raise WrongError("nothing is left to run") from None
        finally:
            writer.uuid = before
            self.virtual_s = self.loop.time() - START_S
            self.loop.bury()

    def uuid4(self) -> Any:
        """Give names that the seed decides; the writer asks for them."""
        return type("Name", (), {"hex": f"{next(self.names):012d}"})

    async def _main(self) -> None:
        for number in range(self.plan.workers):
            self.start_worker(f"i{number}" if self.plan.stable else None)
        await self.story.tell()
        await self._settle()
        self.judge.last(self.broker)

    async def _settle(self) -> None:
        """With nothing in its way, everything is folded within a bound."""
        limit = self.loop.time() + SETTLE_S
        while behind := self.judge.behind(self.broker):
            if self.loop.time() > limit:
                self.wrong(f"no progress: {behind} is not folded after {SETTLE_S:.0f} s without a fault")
            await self.story.pause(LOOK_S)

    def start_worker(self, instance: str | None) -> Worker:
        """Start a process."""
        name = f"w{len(self.workers)}" + (f"={instance}" if instance else "")
        around = Surroundings(self.network, self.chance, self._assign, self._fell, Teller(self, name))
        worker = Worker(name, self.plan.settings(instance), self.plan.habits, around)
        self.workers.append(worker)
        self.note("world", f"starts {worker.name}")
        worker.start()
        return worker

    def _assign(self, members: Sequence[str]) -> dict[str, list[int]]:
        """Give the lanes out: as evenly as may be, to the same member as before or to any."""
        order = list(members)
        if not self.plan.sticky:
            self.chance.shuffle(order)
        return {member: list(range(at, self.plan.lanes, len(order))) for at, member in enumerate(order)}

    def _fell(self, worker: Worker, error: BaseException) -> None:
        """A worker ends itself. It may only if another one has taken its name."""
        self.note(worker.name, f"ends itself: {error!r}")
        self.loop.kill(worker.process)
        fenced = isinstance(error, ProducerFenced | FencedInstanceIdError)
        if not (fenced and worker.settings.instance is not None):
            self.wrong(f"{worker.name} ends itself: {error!r}")
        if not any(w.settings.instance == worker.settings.instance and not w.process.dead for w in self.workers):
            self.story.start_later(worker, 0.5)

    def wrong(self, what: str) -> None:
        """Stop everything: this must not be."""
        self.note("judge", what)
        self.loop.end(WrongError(what))

    def _unhandled(self, _loop: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, GoneError):
            self.wrong(f"an exception that nobody handles: {error!r}")

    def note(self, who: str, what: str) -> None:
        self.trace.append((self.loop.time(), who, (what,)))

    def _noted(self, caller: Process | None, api: str, arguments: Any, result: Any, error: Exception | None) -> None:
        self.trace.append((self.loop.time(), caller.name if caller else "world", (api, arguments, result, error)))
        if error is not None:
            self.seen[f"{api} {type(error).__name__}"] += 1
        if api == "fetch" and isinstance(result, Answer):
            self.seen["fetch session unknown"] += result.error != 0
            self.seen["fetch out of range"] += any(fetched.error for fetched in result.partitions)

    def feed(self, number: int) -> None:
        """Write one input record: to any lane, either topic, some of them with a meaning."""
        place = TopicPartition(self.chance.choice((A, A, B)), self.chance.randrange(self.plan.lanes))
        value = self.chance.choice((b"letter", b"gone", b"%d" % number, b"%d" % number, b"%d" % number))
        self.broker.write(place, [(b"k%d" % self.chance.randrange(KEYS), value, ())])
