"""Gives the toy worker its input and compares everything it wrote with the pure fold."""

import asyncio
import json
import random
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.kafka.harness import Message, WorkerProcess, create_topics, produce, read_all
from tests.kafka.toy import ToyFold

POSITION = b"\x00position"


@dataclass
class Toy:
    """One application id with its topics."""

    address: str
    app_id: str
    partitions: int = 4
    events: int = 0

    @property
    def inputs(self) -> tuple[str, str]:
        return f"{self.app_id}-in-a", f"{self.app_id}-in-b"

    @property
    def changelog(self) -> str:
        return f"{self.app_id}-leads-changelog"

    def settings(self, **more: Any) -> dict[str, Any]:
        base = {"app_id": self.app_id, "brokers": [self.address], "inputs": self.inputs, "partitions": self.partitions}
        return {**base, **more}

    async def create(self) -> None:
        outputs = {f"{self.app_id}-{name}": {} for name in ("fact", "handoff")}
        large = {"max.message.bytes": str(4 << 20)}
        topics = {**dict.fromkeys(self.inputs, large), f"{self.app_id}-echo": large, **outputs}
        await create_topics(self.address, self.partitions, {**topics, self.changelog: {"cleanup.policy": "compact"}})

    async def feed(self, events: int, leads: int, seed: int = 1) -> None:
        """Write events for both inputs; a lead's partition is its number modulo the partitions."""
        chance = random.Random(seed)  # noqa: S311 - a believable load, not a secret
        for topic in self.inputs:
            messages: list[Message] = []
            for _ in range(events // 2):
                lead = chance.randrange(leads)
                messages.append((lead % self.partitions, b"L%06d" % lead, b"%d" % chance.randrange(1, 20), ()))
            await produce(self.address, topic, messages)
        self.events += events // 2 * 2

    async def put(self, partition: int, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write one event to the first input."""
        await produce(self.address, self.inputs[0], [(partition, key, value, headers)])
        self.events += 1

    async def done(self) -> int:
        """How many events are in the positions now."""
        rows = await read_all(self.address, self.changelog, self.partitions)
        latest = {row.partition: json.loads(row.value)["positions"] for row in rows if row.key == POSITION}
        return sum(sum(positions.values()) for positions in latest.values())

    async def compare(self) -> dict[str, int]:
        """Count what is wrong. All zero: every row, fact and handoff is the pure fold's, in its lane's order."""
        read = {
            name: await read_all(self.address, f"{self.app_id}-{name}", self.partitions) for name in ("fact", "handoff")
        }
        inputs = {
            f"{record.topic}/{record.partition}-{record.offset}".encode(): record
            for topic in self.inputs
            for record in await read_all(self.address, topic, self.partitions)
        }
        causes = Counter(fact.value for fact in read["fact"])
        lanes = [ToyFold(self.app_id) for _ in range(self.partitions)]
        for fact in read["fact"]:
            lanes[fact.partition].take(inputs[fact.value])
        expected = Counter(
            (lane, output.key, output.value, output.headers[0][1])
            for lane, fold in enumerate(lanes)
            for output in fold.outputs
            if output.topic.endswith("handoff")
        )
        found = Counter((h.partition, h.key, h.value, dict(h.headers)["id"]) for h in read["handoff"])
        rows = await self.rows()
        right = {key: row for fold in lanes for key, row in fold.rows.items()}
        return {
            "facts_lost": len(inputs.keys() - causes.keys()),
            "facts_doubled": sum(causes.values()) - len(causes),
            "facts_out_of_order": _out_of_order(read["fact"]),
            "rows_wrong": sum(rows.get(key) != row for key, row in right.items()) + len(rows.keys() - right.keys()),
            "handoffs_lost": sum((expected - found).values()),
            "handoffs_doubled": sum((found - expected).values()),
        }

    async def rows(self) -> dict[bytes, list[int]]:
        records = await read_all(self.address, self.changelog, self.partitions)
        latest = {record.key: record.value for record in records if record.key != POSITION}
        return {key: json.loads(value) for key, value in latest.items() if value is not None}


async def new_toy(address: str, events: int, leads: int) -> Toy:
    toy = Toy(address, f"toy{uuid.uuid4().hex[:8]}")
    await toy.create()
    await toy.feed(events, leads)
    return toy


async def until_done(toy: Toy, *workers: WorkerProcess, bound_s: float = 120) -> None:
    async with asyncio.timeout(bound_s):
        while await toy.done() < toy.events:
            assert any(worker.running for worker in workers), workers[0].text()[-3000:]
            await asyncio.sleep(0.2)


def _out_of_order(facts: list[Any]) -> int:
    """Facts whose cause is older than one before it in the same input partition."""
    last: dict[bytes, int] = {}
    wrong = 0
    for fact in facts:
        place, _, offset = fact.value.rpartition(b"-")
        wrong += int(offset) <= last.get(place, -1)
        last[place] = int(offset)
    return wrong


RIGHT = {
    "facts_lost": 0,
    "facts_doubled": 0,
    "facts_out_of_order": 0,
    "rows_wrong": 0,
    "handoffs_lost": 0,
    "handoffs_doubled": 0,
}
