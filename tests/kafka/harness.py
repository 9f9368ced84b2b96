"""Runs worker processes against a broker, does violence to them, and reads what a committed reader sees."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

ROOT = Path(__file__).parents[2]


class WorkerProcess:
    """A worker in a process of its own; what it writes goes to a log file."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.log = log
        self._read, self._said = log.stat().st_size if log.exists() else 0, dict[Any, list[dict[str, Any]]]()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """Kill -9, also when it is stopped."""
        self.process.kill()
        self.process.wait(10)

    def terminate(self, bound_s: float = 15) -> tuple[int, float]:
        """SIGTERM; returns exit code and seconds. Fails only when it hangs: storms print how long it takes."""
        began = time.monotonic()
        self.process.terminate()
        return self.process.wait(bound_s), time.monotonic() - began

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines of the log with this "event"."""
        with self.log.open("rb") as log:  # tests ask often, and logs of storms are long
            log.seek(self._read)
            whole, _, _ = log.read().rpartition(b"\n")
        self._read += len(whole) + bool(whole)
        for line in whole.splitlines():
            with suppress(ValueError):
                parsed = json.loads(line[line.find(b"{") :])  # Faust's spinner may stand before it
                if isinstance(parsed, dict):
                    self._said.setdefault(parsed.get("event"), []).append(parsed)
        return self._said.get(name, [])

    async def until(self, true: Callable[[], object], bound_s: float = 90) -> None:
        """Wait until this holds; fail with the log's end when the process ends or the time is over."""
        limit = time.monotonic() + bound_s
        while not true():
            assert self.running, f"worker ended with {self.process.returncode}:\n{self.text()[-3000:]}"
            assert time.monotonic() < limit, f"nothing within {bound_s} s:\n{self.text()[-3000:]}"
            await asyncio.sleep(0.05)

    async def exit_code(self, bound_s: float = 90) -> int:
        """Wait for its end."""
        limit = time.monotonic() + bound_s
        while self.running:
            assert time.monotonic() < limit, f"still running after {bound_s} s:\n{self.text()[-3000:]}"
            await asyncio.sleep(0.05)
        return self.process.returncode


def end_all(workers: Iterable[WorkerProcess]) -> None:
    """End what still runs, without ceremony."""
    for worker in workers:
        if worker.running:
            worker.kill()


def toy_worker(log: Path, settings: Mapping[str, Any], **options: Any) -> WorkerProcess:
    """Start the toy worker."""
    asked = json.dumps({"settings": settings, **options})
    return WorkerProcess([sys.executable, "-m", "tests.kafka.toy", asked], log)


async def create_topics(address: str, partitions: int, configs: Mapping[str, Mapping[str, str]]) -> None:
    """Make topics, by name, with these settings."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(name, partitions, 1, topic_configs=dict(config)) for name, config in configs.items()]
        )
    finally:
        await admin.close()


@asynccontextmanager
async def reader(address: str, level: str = "read_committed") -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=address, isolation_level=level, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        await asyncio.sleep(0)
        yield consumer
    finally:
        await consumer.stop()


async def read_all(address: str, topic: str, partitions: int, level: str = "read_committed") -> list[Any]:
    """Every record of a topic that a reader sees now, ordered by partition and offset."""
    async with reader(address, level) as consumer:
        places = [TopicPartition(topic, partition) for partition in range(partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        left, found = {place for place in places if ends[place]}, []
        while left:
            for records in (await consumer.getmany(*left, timeout_ms=300)).values():
                found.extend(records)
            left = {place for place in left if await consumer.position(place) < ends[place]}
    return sorted(found, key=lambda record: (record.partition, record.offset))


async def open_transactions(address: str, topic: str, partitions: int) -> dict[int, int]:
    """Partitions in which a transaction is open now, and where it begins: the last stable offset is behind the end."""
    places = [TopicPartition(topic, partition) for partition in range(partitions)]
    async with reader(address) as stable, reader(address, "read_uncommitted") as raw:
        raw.assign(places)
        stable.assign(places)
        ends = await raw.end_offsets(places)
        stables = await stable.end_offsets(places)
    return {place.partition: stables[place] for place in places if stables[place] < ends[place]}


Message = tuple[int, bytes | None, bytes | None, Sequence[tuple[str, bytes]]]


async def produce(address: str, topic: str, messages: Iterable[Message], *, max_bytes: int = 4 << 20) -> None:
    """Write messages (partition, key, value, headers) in order."""
    producer = AIOKafkaProducer(
        bootstrap_servers=address, linger_ms=10, max_batch_size=256 * 1024, max_request_size=max_bytes
    )
    await producer.start()
    try:
        last = None
        for partition, key, value, headers in messages:
            last = await producer.send(topic, value, key, partition=partition, headers=list(headers))
        await producer.flush()
        if last is not None:
            await last
    finally:
        await producer.stop()
