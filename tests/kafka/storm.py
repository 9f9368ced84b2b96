"""A storm over real workers on a real broker, and a comparison of all that they wrote with the pure replay.

`python -m tests.kafka.storm --events 60000 --kills 4 --workers 2 --json`; what else it can do, `--help` says.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from aiokafka import AIOKafkaProducer

from agents import admin
from agents.agreement import load_terms
from agents.demo.proof import prove
from schemas import topics
from tests.kafka.acts import Acts
from tests.kafka.bounce import Bounces
from tests.kafka.crew import Crew
from tests.kafka.disk import SmallDisk, small_disk
from tests.kafka.harness import read_all
from tests.kafka.history import history
from tests.kafka.nodes import Nodes
from tests.kafka.pressure import Pressure, pressure
from tests.kafka.progress import Progress
from tests.kafka.rolling import roll
from tests.kafka.storm_plan import Plan, Report, tell

QUIET_S, SLOW_RATE = 300, 300
JOINING = 0.002
"""Of the messages, the share that says that two leads are one."""
SAY = 50
OUTAGE_MS = 300_000
"""A message that is fed waits so long for a broker."""
IN_MEMORY = 2_000_000
"""Of so many messages, divided by those fed, are the lanes that are compared at once."""
AHEAD_S = 0.05
MORE = 5
"""So many times as many as planned are fed at most, while the acts go on."""
NUMBERS = (
    "events",
    "leads",
    "kills",
    "freezes",
    "joins",
    "leaves",
    "mixes",
    "failpoints",
    "bounces",
    "rolls",
    "nodes",
    "workers",
    "seed",
    "lanes",
)
OPTIONS = ("json", "logs", "disk_full", "backlog", "slow_us")


class Storm:
    """Workers and brokers come and go while the history is fed."""

    def __init__(self, plan: Plan, nodes: Nodes, logs: Path, disk: SmallDisk | None = None) -> None:
        self.plan, self.nodes, self.disk, self.report = plan, nodes, disk, Report()
        self.crew = Crew(plan, nodes.address, logs)
        self.progress = Progress(nodes.address, plan.app_id, plan.lanes)
        self.acts = Acts(self.crew, self.report)
        self.bounces = Bounces(plan, nodes, self.progress, self.report)
        self.over = asyncio.Event()

    async def run(self) -> Report:
        """The whole storm."""
        began, plan = time.monotonic(), self.plan
        await admin.create(self.nodes.address, (*topics.TOPICS, topics.changelog(plan.app_id)), plan.lanes)
        try:
            for _ in range(plan.workers):
                self.crew.start()
            async with asyncio.TaskGroup() as group:
                feeding = group.create_task(self.feed())
                tending = group.create_task(self.tend())
                await self.act()
                self.over.set()
                await feeding
                await self.until_read()
                tending.cancel()
            await self.crew.leave_all()
        finally:
            self.crew.end()
        self.report.revived, self.report.failures = dict(self.crew.revived), self.crew.failures
        self.report.longest_wait_s = self.crew.longest_wait_s()
        self.report.seconds = round(time.monotonic() - began, 1)
        await self.compare()
        return self.report

    async def until_read(self) -> None:
        """Wait until everything is read, also the letters that are written meanwhile."""
        bound_s, marks = QUIET_S + self.report.fed / SLOW_RATE, {}
        while marks != (ends := await self.progress.ends()):
            marks = ends
            await self.progress.until_past(marks, bound_s)

    async def tend(self) -> None:
        """Do what a supervisor does, and say how far the storm is."""
        for look in count():
            self.crew.revive()
            if look % SAY == 0:
                tell(f"{self.report.fed} messages acknowledged; {self.report.done}")
            await asyncio.sleep(0.2)

    async def feed(self) -> None:
        """Write the history at the plan's rate, and go on until the acts are over; then write the rest at once."""
        plan = self.plan
        producer = AIOKafkaProducer(
            bootstrap_servers=self.nodes.address,
            linger_ms=5,
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=OUTAGE_MS,
        )
        await producer.start()
        began, rate, now_ms = time.monotonic(), plan.rate or plan.events / plan.seconds, int(time.time() * 1000)
        try:
            for number, sent in enumerate(history(MORE * plan.events, plan.leads, plan.seed, now_ms, JOINING)):
                if number >= plan.events and self.over.is_set():
                    break
                written = await producer.send(sent.topic, sent.value, sent.key, headers=sent.headers)
                written.add_done_callback(self.acknowledged)
                ahead = number / rate - (time.monotonic() - began)
                if ahead > AHEAD_S and not self.over.is_set():
                    await asyncio.sleep(ahead)
            await producer.flush()
        finally:
            await producer.stop()

    def acknowledged(self, written: asyncio.Future[object]) -> None:
        """Count what must not be lost."""
        self.report.fed += not written.cancelled() and written.exception() is None

    async def act(self) -> None:
        """All acts in random order, a pause before each; then the failpoints, then the broker's troubles."""
        await self.progress.until_committing()
        for act in self.chosen():
            await asyncio.sleep(self.crew.chance.uniform(self.plan.pause_min_s, self.plan.pause_max_s))
            await act()
        for _ in range(self.plan.rolls):
            await roll(self.crew, self.report)
        if self.plan.failpoints:
            await self.acts.trip_all(self.plan.failpoints)
        if self.plan.bounces:
            await self.bounces.all(self.plan.bounces)
        if self.disk:
            await self.bounces.fill(self.disk)

    def chosen(self) -> list[Callable[[], Awaitable[None]]]:
        """The acts upon workers: half of the kills are aimed into transactions."""
        plan, acts = self.plan, self.acts
        aimed = (plan.kills + 1) // 2
        chosen = [acts.kill_inside] * aimed + [acts.kill] * (plan.kills - aimed) + [acts.freeze] * plan.freezes
        chosen += [acts.join] * plan.joins + [acts.part] * plan.leaves + acts.pairs() * plan.mixes
        self.crew.chance.shuffle(chosen)
        return chosen

    async def compare(self) -> None:
        """Everything that a committed reader sees, against the pure replay."""
        plan, brokers = self.plan, tuple(self.nodes.address.split(","))
        tell(f"{self.report.fed} messages in {self.report.seconds} s; comparing them with their replay")
        at_once = max(1, IN_MEMORY // self.report.fed)
        self.report.verdict = (await prove(brokers, plan.app_id, plan.lanes, load_terms(), at_once)).verdict
        self.report.letters = len(await read_all(self.nodes.address, topics.LETTER.name, plan.lanes))


async def storm(plan: Plan, nodes: Nodes, logs: Path, disk: SmallDisk | None = None) -> Report:
    """Run a storm against a Kafka without topics; with the disk that it is on, fill that at the end."""
    return await Storm(plan, nodes, logs, disk).run()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.storm", description=__doc__)
    defaults = Plan()
    for name in NUMBERS:
        parser.add_argument(f"--{name}", type=int, default=getattr(defaults, name))
    parser.add_argument("--rate", type=float, help="messages fed a second; else as the acts take")
    parser.add_argument("--frozen-s", type=float, default=defaults.frozen_s, help="how long a broker is frozen")
    parser.add_argument("--disk-full", action="store_true", help="at the end, fill the only node's disk; for root")
    parser.add_argument("--stable", action="store_true", help="workers have names that survive a restart")
    parser.add_argument("--logs", type=Path, help="a folder for the workers' logs; without one they are thrown away")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--backlog", type=int, help="no storm: so many events wait for a worker with a slow fold")
    parser.add_argument("--slow-us", type=int, default=50, help="how long its fold takes for each")
    given = vars(parser.parse_args())
    as_json, kept, full, backlog, slow_us = (given.pop(name) for name in OPTIONS)
    with tempfile.TemporaryDirectory() as passing, ExitStack() as stack:
        logs = kept or Path(passing, "logs")
        logs.mkdir(parents=True, exist_ok=True)
        disk = stack.enter_context(small_disk(Path(passing, "disk"))) if full else None
        nodes = stack.enter_context(Nodes(given["nodes"], directory=disk and disk.path))
        running = (
            pressure(nodes.address, logs, backlog, slow_us) if backlog else storm(Plan(**given), nodes, logs, disk)
        )
        report: Pressure | Report = asyncio.run(running)
    print(json.dumps(report.shape()) if as_json else report)  # noqa: T201  the command's answer
    return 0 if report.equal else 1


if __name__ == "__main__":
    sys.exit(main())
