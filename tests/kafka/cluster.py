"""A relay of its own for a test: topics made, a worker as a process, and what a committed reader sees."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiokafka import AIOKafkaProducer

from agents import admin
from agents.agreement import load_terms
from agents.broker.probe import free_port
from agents.demo.proof import prove
from agents.verify import Verdict
from schemas import topics
from tests.kafka.harness import WorkerProcess, end_all, read_all
from tests.kafka.history import Sent
from tests.kafka.progress import Progress

LANES = topics.PARTITIONS
WORKER = (sys.executable, "-m", "agents", "worker")


@dataclass
class Cluster:
    """The relay's topics on a broker that has no others."""

    address: str
    logs: Path
    lanes: int = LANES
    app_id: str = "leadrelay"
    port: int = 0
    workers: list[WorkerProcess] = field(default_factory=list)

    async def create(self) -> None:
        await admin.create(self.address, (*topics.TOPICS, topics.changelog(self.app_id)), self.lanes)

    def start(self, command: Iterable[str] = WORKER, **environment: str) -> WorkerProcess:
        """Start a worker; its metrics are at a free port."""
        self.port = free_port()
        env = {
            "LEADRELAY_BROKER": self.address,
            "LEADRELAY_APP_ID": self.app_id,
            "LEADRELAY_PARTITIONS": str(self.lanes),
            "LEADRELAY_METRICS_PORT": str(self.port),
            **environment,
        }
        self.workers.append(WorkerProcess(tuple(command), self.logs / f"worker-{len(self.workers)}.log", env))
        return self.workers[-1]

    async def send(self, messages: Iterable[Sent]) -> None:
        """Write messages, each to its key's lane, and those without a key to the first, as a replay does."""
        producer = AIOKafkaProducer(bootstrap_servers=self.address, max_request_size=2 << 20, enable_idempotence=True)
        await producer.start()
        try:
            for sent in messages:
                lane = 0 if sent.key is None else None
                await producer.send_and_wait(sent.topic, sent.value, sent.key, lane, headers=sent.headers)
        finally:
            await producer.stop()

    async def read(self, topic: topics.Topic) -> list[Any]:
        return await read_all(self.address, topic.name, self.lanes)

    async def handled(self) -> int:
        """How many messages have met their end, by the metrics of the last worker."""
        async with aiohttp.ClientSession() as http:
            try:
                async with http.get(f"http://127.0.0.1:{self.port}/metrics") as answer:
                    lines = (await answer.text()).splitlines()
            except aiohttp.ClientError:
                return 0
        return sum(int(float(line.split()[-1])) for line in lines if line.startswith("leadrelay_messages_total{"))

    async def until_handled(self, messages: int, bound_s: float = 60) -> None:
        """Wait until so many messages, reminders included, have met their end."""
        async with asyncio.timeout(bound_s):
            while await self.handled() < messages:
                assert self.workers[-1].running, self.workers[-1].text()[-3000:]
                await asyncio.sleep(0.1)

    async def until_idle(self, bound_s: float = 60) -> None:
        """Wait until everything is read, and nothing came of it that is not."""
        progress, marks = Progress(self.address, self.app_id, self.lanes), None
        while marks != (now := await progress.ends()):
            marks = now
            await progress.until_past(marks, bound_s)

    async def verdict(self, agreement: Path | None = None) -> Verdict:
        """Everything in Kafka against the pure replay of the same input."""
        return (await prove((self.address,), self.app_id, self.lanes, load_terms(agreement))).verdict


@asynccontextmanager
async def cluster(address: str, logs: Path) -> AsyncIterator[Cluster]:
    """A relay whose workers end with the test."""
    relay = Cluster(address, logs)
    await relay.create()
    try:
        yield relay
    finally:
        end_all(relay.workers)
