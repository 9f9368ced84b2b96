"""A storm over real workers on a real broker, and a comparison of all that they wrote with the pure replay.

`python -m tests.kafka.storm --events 60000 --kills 4 --workers 2 --json`
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from agents import admin
from agents.agreement import load_terms
from agents.broker import EmbeddedBroker
from agents.demo.proof import prove
from schemas import topics
from tests.kafka.harness import WorkerProcess, end_all, open_transactions, read_all, reader
from tests.kafka.history import history
from tests.kafka.storm_plan import SESSION_S, SETTLE_S, Plan, Report

COMMAND = (sys.executable, "-m", "agents", "worker")
STILL_S = 0.5
AIMS = 40


class Storm:
    """Workers come and go while the history is fed."""

    def __init__(self, plan: Plan, address: str, logs: Path) -> None:
        self.plan, self.address, self.logs = plan, address, logs
        self.chance = random.Random(plan.seed)  # noqa: S311  seeded acts
        self.workers: list[WorkerProcess] = []
        self.report = Report()
        self.started = 0

    def start(self) -> None:
        """One more worker."""
        env = {"LEADRELAY_BROKER": self.address, "LEADRELAY_APP_ID": self.plan.app_id, "LEADRELAY_METRICS_PORT": "0"}
        env["LEADRELAY_COMMIT_MS"] = "1"  # transaction upon transaction
        env["LEADRELAY_PARTITIONS"] = str(self.plan.lanes)
        if self.plan.stable:
            env["LEADRELAY_INSTANCE"] = f"w{self.started}"
        self.workers.append(WorkerProcess(COMMAND, self.logs / f"worker-{self.started}.log", env))
        self.started += 1

    async def run(self) -> Report:
        """The whole storm."""
        began = time.monotonic()
        catalogue = (*topics.TOPICS, topics.changelog(self.plan.app_id))
        await admin.create(self.address, catalogue, self.plan.lanes)
        try:
            for _ in range(self.plan.workers):
                self.start()
            feeding = asyncio.create_task(self.feed())
            await self.act()
            await feeding
            await self.until_quiet()
            await self.leave_all()
        finally:
            end_all(self.workers)
        self.report.seconds = round(time.monotonic() - began, 1)
        await self.compare()
        return self.report

    async def feed(self) -> None:
        """Write the history at the plan's rate."""
        producer = AIOKafkaProducer(bootstrap_servers=self.address, linger_ms=5, acks="all", enable_idempotence=True)
        await producer.start()
        began, plan = time.monotonic(), self.plan
        rate = plan.rate or plan.events / plan.seconds
        try:
            for number, sent in enumerate(history(plan.events, plan.leads, plan.seed, int(time.time() * 1000))):
                await producer.send(sent.topic, sent.value, sent.key, headers=sent.headers)
                ahead = number / rate - (time.monotonic() - began)
                if ahead > 0.05:
                    await asyncio.sleep(ahead)
            await producer.flush()
        finally:
            await producer.stop()

    async def act(self) -> None:
        """All acts in random order; a pause before each, and the workers are never fewer than planned for long."""
        plan = self.plan
        aimed = (plan.kills + 1) // 2
        acts = [self.kill_inside] * aimed + [self.kill] * (plan.kills - aimed) + [self.freeze] * plan.freezes
        acts += [self.join] * plan.joins + [self.part] * plan.leaves
        self.chance.shuffle(acts)
        await self.until_committing()
        for act in acts:
            await asyncio.sleep(self.chance.uniform(plan.pause_min_s, plan.pause_max_s))
            await act()

    async def kill_inside(self) -> None:
        """kill -9 inside a transaction: frozen at random moments until one lies in it; given up after some trials."""
        victim = await self.working()
        for _ in range(AIMS):
            victim.send(signal.SIGSTOP)
            if await self.left_open():
                break
            victim.send(signal.SIGCONT)
            await asyncio.sleep(self.chance.uniform(0.02, 0.2))
        await self.end(victim)

    async def kill(self) -> None:
        """kill -9 of a worker that has lanes, at a random moment; what it left open is counted."""
        victim = await self.working()
        await asyncio.sleep(self.chance.uniform(0, SETTLE_S))
        await self.end(victim)

    async def end(self, victim: WorkerProcess) -> None:
        """The kill itself, and another worker in its place."""
        victim.kill()
        self.workers.remove(victim)
        self.report.kills += 1
        self.report.kills_in_transaction += await self.left_open()
        self.start()

    async def working(self) -> WorkerProcess:
        """A random worker that has opened lanes; who was started a moment ago has nothing to lose yet."""
        async with asyncio.timeout(60):
            while True:
                self.revive()
                able = [worker for worker in self.workers if worker.events("lane open")]
                if able:
                    return self.chance.choice(able)
                await asyncio.sleep(0.2)

    async def left_open(self) -> bool:
        """Whether a transaction is open that does not move: a living worker ends its own within a moment."""
        changelog = f"{self.plan.app_id}-leads-changelog"
        first = await open_transactions(self.address, changelog, self.plan.lanes)
        if not first:
            return False
        await asyncio.sleep(STILL_S)
        second = await open_transactions(self.address, changelog, self.plan.lanes)
        return any(second.get(lane) == offset for lane, offset in first.items())

    async def freeze(self) -> None:
        """SIGSTOP for longer than the session timeout: the others take its lanes, and it wakes as a zombie."""
        victim = await self.working()
        victim.send(signal.SIGSTOP)
        await asyncio.sleep(SESSION_S + 3)
        victim.send(signal.SIGCONT)
        self.report.freezes += 1

    async def join(self) -> None:
        """One more worker."""
        self.start()
        self.report.joins += 1

    async def part(self) -> None:
        """A clean stop; another comes when there would be none left."""
        if len(self.workers) == 1:
            self.start()
        leaving = await self.working()
        self.workers.remove(leaving)
        code, seconds = await asyncio.to_thread(leaving.terminate)
        self.report.unclean_leaves += code != 0
        self.report.leaves += 1
        self.report.slowest_leave_s = max(self.report.slowest_leave_s, round(seconds, 2))

    async def committed(self) -> dict[tuple[str, int], int]:
        """How far the group is, by topic and partition."""
        client = AIOKafkaAdminClient(bootstrap_servers=self.address)
        await client.start()
        try:
            found = await client.list_consumer_group_offsets(self.plan.app_id, partitions=self.places())
        except GroupCoordinatorNotAvailableError:  # the first group of a new broker
            return {}
        finally:
            await client.close()
        return {(place.topic, place.partition): meta.offset for place, meta in found.items() if meta.offset >= 0}

    def places(self) -> list[TopicPartition]:
        """Every input partition."""
        return [TopicPartition(topic.name, lane) for topic in topics.INPUTS for lane in range(self.plan.lanes)]

    async def until_committing(self) -> None:
        """Wait for the first commit."""
        async with asyncio.timeout(60):
            while not await self.committed():  # noqa: ASYNC110  other processes commit
                await asyncio.sleep(0.2)

    async def until_quiet(self) -> None:
        """Wait until everything is read, also the letters that are written meanwhile."""
        async with asyncio.timeout(300), reader(self.address, "read_uncommitted") as consumer:
            places, quiet = self.places(), 0
            while quiet < 3:
                self.revive()
                ends = await consumer.end_offsets(places)
                done = await self.committed()
                # the last offset of a partition written by transactions is the marker of a transaction
                left = [
                    p for p in places if ends[p] - done.get((p.topic, p.partition), 0) > (p.topic == topics.LETTER.name)
                ]
                quiet = 0 if left else quiet + 1
                await asyncio.sleep(0.5)

    def revive(self) -> None:
        """Replace workers that ended by themselves, as a supervisor would."""
        for worker in [worker for worker in self.workers if not worker.running]:
            self.workers.remove(worker)
            self.start()

    async def leave_all(self) -> None:
        """Stop what is left, cleanly."""
        while self.workers:
            await asyncio.to_thread(self.workers.pop().terminate)

    async def compare(self) -> None:
        """Everything that a committed reader sees, against the pure replay."""
        plan = self.plan
        self.report.verdict = (await prove((self.address,), plan.app_id, plan.lanes, load_terms())).verdict
        self.report.letters = len(await read_all(self.address, topics.LETTER.name, plan.lanes))


async def storm(plan: Plan, address: str, logs: Path) -> Report:
    """Run a storm against a broker."""
    return await Storm(plan, address, logs).run()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.storm", description=__doc__)
    defaults = Plan()
    for name in ("events", "leads", "kills", "freezes", "joins", "leaves", "workers", "seed", "lanes"):
        parser.add_argument(f"--{name}", type=int, default=getattr(defaults, name))
    parser.add_argument("--rate", type=float, help="messages fed a second; else as the acts take")
    parser.add_argument("--stable", action="store_true", help="workers have names that survive a restart")
    parser.add_argument("--logs", type=Path, help="a folder for the workers' logs; without one they are thrown away")
    parser.add_argument("--json", action="store_true")
    given = vars(parser.parse_args())
    as_json, kept = given.pop("json"), given.pop("logs")
    with tempfile.TemporaryDirectory() as passing, EmbeddedBroker() as broker:
        logs = kept or Path(passing)
        logs.mkdir(parents=True, exist_ok=True)
        report = asyncio.run(storm(Plan(**given), broker.address, logs))
    print(json.dumps(report.shape()) if as_json else report)  # noqa: T201  the command's answer
    return 0 if report.verdict.equal else 1


if __name__ == "__main__":
    sys.exit(main())
