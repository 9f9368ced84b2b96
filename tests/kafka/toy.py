"""A worker small enough to know every right answer: it sums points per lead and hands a lead over once, above 100.

Run as a process: `python -m tests.kafka.toy '{"settings": {...}, "hook": {...}}'`. It says what its engine does as one
JSON object a line on standard error.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from agents.engine.app import LaneApp, batches, build_engine_app
from agents.engine.fold import Record
from agents.engine.observer import Observer
from agents.engine.settings import EngineSettings
from agents.errors import LeadrelayError

THRESHOLD = 100
SLEEP_S = 8.0
FLOOD, FLOOD_BYTES = 3000, 1000
"""One message makes so many outputs of more than so many bytes: together they are larger than any request."""


class Output(NamedTuple):
    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Harvest(NamedTuple):
    rows: list[tuple[bytes, bytes | None]]
    outputs: list[Output]


class ToyFold:
    """Row of a lead: [points, events, handed over]. A value is `POINTS` or `POINTS:padding`."""

    def __init__(self, prefix: str, slow_s: float = 0) -> None:
        self.prefix, self.slow_s = prefix, slow_s
        self.rows: dict[bytes, list[int]] = {}
        self.changed: set[bytes] = set()
        self.outputs: list[Output] = []
        self.urgent = False

    def restore(self, key: bytes, value: bytes | None) -> None:
        if value is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = json.loads(value)

    def take(self, record: Record) -> None:
        assert record.key is not None
        assert record.value is not None
        if record.value == b"bug":
            message = "a bug in the fold"
            raise ZeroDivisionError(message)
        until = time.perf_counter() + self.slow_s
        row = self.rows.setdefault(record.key, [0, 0, 0])
        row[0] += int(record.value.split(b":")[0])
        row[1] += 1
        self.changed.add(record.key)
        cause = f"{record.topic}/{record.partition}-{record.offset}".encode()
        self._put("fact", record.key, cause)
        if row[0] > THRESHOLD and not row[2]:
            row[2] = 1
            self.urgent = True
            self._put("handoff", record.key, b"%d" % row[0], (("id", cause), ("padding", b"x" * 20)))
        if record.value.endswith(b":flood"):
            for number in range(FLOOD):
                self._put("echo", record.key, b"%d" % number, (("id", cause), ("padding", b"x" * FLOOD_BYTES)))
        if record.value.endswith(b":echo"):
            self._put("echo", record.key, record.value, (("reason", b"large"), *record.headers))
        while time.perf_counter() < until:
            pass

    def _put(self, topic: str, key: bytes, value: bytes, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        self.outputs.append(Output(f"{self.prefix}-{topic}", key, value, headers))

    def harvest(self) -> Harvest:
        rows: list[tuple[bytes, bytes | None]] = [(key, json.dumps(self.rows[key]).encode()) for key in self.changed]
        harvest = Harvest(rows, self.outputs)
        self.changed, self.outputs, self.urgent = set(), [], False
        return harvest

    def committed(self) -> None:
        """Nothing is kept for it."""


class Teller(Observer):
    """Writes each event as a JSON line."""

    def _tell(self, event: str, **fields: Any) -> None:
        print(json.dumps({"event": event, "at": round(time.time(), 3), **fields}), file=sys.__stderr__, flush=True)

    def assigned(self, lanes: Sequence[int], generation: int) -> None:
        self._tell("assigned", lanes=list(lanes), generation=generation)

    def opened(self, lane: int, rows: int, seconds: float, waited: float) -> None:
        self._tell("opened", lane=lane, rows=rows, seconds=round(seconds, 3), waited=round(waited, 3))

    def revoked(self, lanes: Sequence[int], seconds: float, *, abandoned: bool) -> None:
        self._tell("revoked", lanes=list(lanes), seconds=round(seconds, 3), abandoned=abandoned)

    def committed(self, lanes: int, records: int, rows: int, outputs: int, seconds: float) -> None:
        self._tell("committed", lanes=lanes, records=records, rows=rows, outputs=outputs, seconds=round(seconds, 3))

    def refused(self, reason: str, lanes: Sequence[int], records: int) -> None:
        self._tell("refused", reason=reason, lanes=list(lanes), records=records)

    def fenced(self, owner: str, lane: int) -> None:
        self._tell("fenced", owner=owner, lane=lane)

    def reread(self, topic: str, partition: int, offset: int) -> None:
        self._tell("reread", topic=topic, partition=partition, offset=offset)

    def skipped(self, topic: str, partition: int, wanted: int, found: int) -> None:
        self._tell("skipped", topic=topic, partition=partition, wanted=wanted, found=found)

    def broker_away(self, seconds: float, detail: str) -> None:
        self._tell("broker_away", seconds=round(seconds, 1), detail=detail)

    def broker_back(self, seconds: float) -> None:
        self._tell("broker_back", seconds=round(seconds, 1))

    def failed(self, error: LeadrelayError) -> None:
        self._tell("failed", what=error.what, detail=error.detail)


class Hook:
    """Takes time in every transaction, and stops, kills or delays the process at a point of the n-th one."""

    def __init__(self, tell: Teller, point: str = "", at: int = 0, act: str = "stop", records_per_s: float = 0) -> None:
        self.tell, self.point, self.at, self.act, self.records_per_s = tell, point, at, act, records_per_s
        self.count = 0

    async def __call__(self, point: str, records: int) -> None:
        self.count += point == "begun"
        if point == "acknowledged" and self.records_per_s:
            await asyncio.sleep(records / self.records_per_s)
        if point == self.point and self.count == self.at:
            self.tell._tell("hook", point=point, count=self.count)
            if self.act == "sleep":
                await asyncio.sleep(SLEEP_S)
            else:
                os.kill(os.getpid(), signal.SIGKILL if self.act == "kill" else signal.SIGSTOP)
            self.tell._tell("continued")


def build(options: dict[str, Any]) -> LaneApp:
    given = options["settings"]
    settings = EngineSettings(**{**given, "brokers": tuple(given["brokers"]), "inputs": tuple(given["inputs"])})
    teller, slow_s = Teller(), options.get("slow_s", 0)
    app = build_engine_app(settings, lambda _partition: ToyFold(settings.app_id, slow_s), teller)
    app.engine.writer.hook = Hook(teller, **options.get("hook", {}))

    async def tend(stream: Any) -> None:
        async for batch in stream:
            await batch.fold()

    app.agent(batches(app))(tend)
    return app


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    sys.argv = ["toy", "worker", "-l", asked.get("level", "error"), "--without-web"]
    build(asked).main()
