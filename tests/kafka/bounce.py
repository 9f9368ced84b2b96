"""What a storm does to the broker, and how long the relay takes to catch up."""

import asyncio
import signal
import time

from aiokafka.admin import AIOKafkaAdminClient

from agents.broker import EmbeddedBroker
from schemas import topics
from tests.kafka.disk import SmallDisk
from tests.kafka.nodes import Nodes
from tests.kafka.progress import Progress
from tests.kafka.storm_plan import Plan, Report, tell

CATCH_UP_S = 60.0
CALM_S = 3.0


class Bounces:
    """Each returns when the relay has read what had come in until the broker was back."""

    def __init__(self, plan: Plan, nodes: Nodes, progress: Progress, report: Report) -> None:
        self.plan, self.nodes, self.progress, self.report = plan, nodes, progress, report

    async def all(self, rounds: int) -> None:
        """On one node: an end, a kill and a freeze; on three: the leader and the controller killed, one frozen."""
        for _ in range(rounds):
            if len(self.nodes.brokers) == 1:
                only = self.nodes.brokers[0]
                await self.bounce("ended", only, signal.SIGTERM)
                await self.bounce("killed", only, signal.SIGKILL)
                await self.freeze("frozen", only)
            else:
                await self.bounce("leader killed", await self.leader(), signal.SIGKILL)
                await self.bounce("controller killed", self.nodes.controller(), signal.SIGKILL)
                await self.freeze("leader frozen", await self.leader())

    async def bounce(self, name: str, broker: EmbeddedBroker, number: signal.Signals) -> None:
        """Take a node away and start it again."""
        await asyncio.sleep(CALM_S)
        await asyncio.to_thread(broker.kill, number)
        assert broker.pid is None
        if len(self.nodes.brokers) > 1:  # the others do without it for a while
            await self.caught_up(name)
        await asyncio.to_thread(broker.restart)
        await self.caught_up(name)
        self.report.bounces[name] += 1

    async def freeze(self, name: str, broker: EmbeddedBroker) -> None:
        """Stop a node for a while."""
        await asyncio.sleep(CALM_S)
        broker.kill(signal.SIGSTOP)
        await asyncio.sleep(self.plan.frozen_s)
        broker.kill(signal.SIGCONT)
        await self.caught_up(name)
        self.report.bounces[name] += 1

    async def fill(self, disk: SmallDisk) -> None:
        """Fill the only node's disk: it ends. Then enlarge the disk and start the node again."""
        (broker,) = self.nodes.brokers
        await asyncio.sleep(CALM_S)
        await asyncio.to_thread(disk.fill)
        async with asyncio.timeout(CATCH_UP_S):
            while broker.pid is not None:  # noqa: ASYNC110  a process is watched
                await asyncio.sleep(0.2)
        tell("the broker has ended: its disk is full")
        await asyncio.to_thread(disk.enlarge)
        await asyncio.to_thread(broker.restart)
        await self.caught_up("disk full")
        self.report.bounces["disk full"] += 1

    async def caught_up(self, name: str) -> None:
        """Measure the time until everything is read that is in the topics now."""
        began = time.monotonic()
        async with asyncio.timeout(CATCH_UP_S):
            marks = await self.progress.ends_patiently()
        await self.progress.until_past(marks, CATCH_UP_S)
        seconds = round(time.monotonic() - began, 1)
        self.report.slowest_catch_up_s = max(self.report.slowest_catch_up_s, seconds)
        tell(f"broker {name}: caught up {seconds} s after")

    async def leader(self) -> EmbeddedBroker:
        """The node that leads the first lane of the activity."""
        client = AIOKafkaAdminClient(bootstrap_servers=self.nodes.address)
        await client.start()
        try:
            described = await client.describe_topics([topics.ACTIVITY.name])
        finally:
            await client.close()
        return self.nodes.at(next(part["leader"] for part in described[0]["partitions"] if part["partition"] == 0))
