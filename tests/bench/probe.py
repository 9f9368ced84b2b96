"""Measures a worker from inside: CPU by thread, transactions, requests, garbage collections and stalls of its loop."""

import asyncio
import gc
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aiokafka.conn import AIOKafkaConnection

from agents.engine.link import LinkedClient
from tests.bench.deep import DeepSampler
from tests.bench.lines import say

TICK_S = 0.005
LOOK_S = 0.02


class Probe:
    """Obeys its parent: `start` begins a window, `stop` ends it and answers with one line of JSON, `end` stops.

    Attributes:
        watch_loop: Whether the loop's stalls are looked for, which costs 200 wake-ups a second.
    """

    def __init__(self, engine: Any, lanes: int, *, profile: bool, watch_loop: bool) -> None:
        self._engine, self._lanes, self.watch_loop = engine, lanes, watch_loop
        self._sampler = DeepSampler() if profile else None
        self._counts: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._collections: list[tuple[int, float]] = []
        self._timeline: list[dict[str, Any]] = []
        self._stall_s, self._handled = 0.0, 0
        self._listen()

    def _listen(self) -> None:
        observer, heard = self._engine.observer, self._engine.observer.committed
        requests = self._requests
        for name in ("assigned", "opened", "revoked", "refused", "fenced"):
            setattr(observer, name, self._noting(name, getattr(observer, name)))

        def committed(lanes: int, records: int, rows: int, outputs: int, seconds: float) -> None:
            self._counts.update(commits=1, lanes=lanes, records=records, rows=rows, outputs=outputs)
            self._counts["transaction_us"] += round(seconds * 1e6)
            self._note_first_commit(records)
            heard(lanes, records, rows, outputs, seconds)

        def counting(send: Any, at: int) -> Any:
            def counted(*arguments: Any, **options: Any) -> Any:
                requests[type(arguments[at]).__name__.removesuffix("Request")] += 1
                return send(*arguments, **options)

            return counted

        observer.committed = committed
        AIOKafkaConnection.send = counting(AIOKafkaConnection.send, 1)
        LinkedClient.send = counting(LinkedClient.send, 2)
        gc.callbacks.append(self._collected)

    def _noting(self, name: str, heard: Any) -> Any:
        def noted(*given: Any, **named: Any) -> None:
            self._timeline.append({"what": name, "at": time.time(), "given": [*given], **named})
            heard(*given, **named)

        return noted

    def _note_first_commit(self, records: int) -> None:
        """The first one after each opening."""
        if records and self._timeline and self._timeline[-1]["what"] == "opened":
            self._timeline.append({"what": "committed", "at": time.time(), "given": [records]})

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self._collections.append((info["generation"], time.perf_counter() - self._began))

    async def run(self) -> None:
        """Obey until the end."""
        began = time.monotonic()
        while len(self._engine.lanes.open) < self._lanes:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(LOOK_S)
        opened = [event["given"] for event in self._timeline if event["what"] == "opened"]
        rows, restore_s = sum(given[1] for given in opened), max((given[2] for given in opened), default=0.0)
        say({"opened_s": time.monotonic() - began, "rss": rss(), "rows": rows, "restore_s": restore_s})
        loop, lines = asyncio.get_running_loop(), asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        ticking: asyncio.Task[None] | None = None
        while asked := (await lines.readline()).decode().strip():
            if asked == "start":
                self._start()
                ticking = asyncio.create_task(self._tick()) if self.watch_loop else None
            elif asked == "stop":
                if ticking:
                    ticking.cancel()
                say(self._stop())
            elif asked == "look":
                say({"rss": rss(), "handled": self.handled(), "timeline": self._timeline})
            else:
                break

    def handled(self) -> int:
        """Records of the inputs that are folded, over all lanes, since their topics began."""
        return sum(sum(lane.positions.values()) for lane in self._engine.lanes.open.values())

    async def _tick(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self._stall_s = max(self._stall_s, time.perf_counter() - began - TICK_S)

    def _start(self) -> None:
        self._counts.clear()
        self._requests.clear()
        self._collections.clear()
        self._stall_s = 0.0
        self._handled = self.handled()
        self._begun = (time.perf_counter(), time.process_time(), threads())
        if self._sampler:
            self._sampler.start()

    def _stop(self) -> dict[str, Any]:
        at_s, cpu_s, before = self._begun
        wall_s, used_s = time.perf_counter() - at_s, time.process_time() - cpu_s
        profile = self._sampler.found() if self._sampler else None
        longest = {g: max((s for each, s in self._collections if each == g), default=0.0) for g in range(3)}
        return {
            "wall_s": round(wall_s, 3),
            "cpu_s": round(used_s, 3),
            "threads": {name: round(cpu - before.get(name, 0), 3) for name, cpu in threads().items()},
            "counts": dict(self._counts),
            "requests": dict(self._requests.most_common()),
            "gc": {
                "collections": len(self._collections),
                "full": sum(g == 2 for g, _ in self._collections),
                "over_50_ms": sum(s > 0.05 for _, s in self._collections),
                "longest_ms": {g: round(s * 1000, 1) for g, s in longest.items()},
            },
            "stall_ms": round(self._stall_s * 1000, 1),
            "rss": rss(),
            "handled": self.handled() - self._handled,
            "profile": profile,
        }


def threads() -> dict[str, float]:
    """CPU seconds of each thread of this process; those of one name are added up."""
    found: Counter[str] = Counter()
    main = os.getpid()
    for task in Path("/proc/self/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        name = "main" if int(task.name) == main else "others"
        found[name] += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # type: ignore[assignment]
    return dict(found)


def rss() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
