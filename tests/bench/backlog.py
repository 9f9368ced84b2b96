"""Has a worker handle events that wait for it, as fast as it can, and says what one cost."""

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Any

from agents.bench.events import made_up
from agents.bench.fill import fill
from tests.bench.stage import Program, Stage

LOOK_S = 0.2
PATIENCE_S = 1200.0


def write(made: Stage, events: int, leads: int, seed: int = 1) -> None:
    """Write made-up events of so many leads."""
    asyncio.run(fill(made.address, made.lanes, made_up(events, leads, seed)))


def handled(workers: Sequence[Program]) -> int:
    """Events that all of them have handled, since the topics began."""
    return sum(worker.ask("look")["handled"] for worker in workers)


def until(workers: Sequence[Program], events: int) -> None:
    """Wait until they have handled so many."""
    limit = time.monotonic() + PATIENCE_S
    while handled(workers) < events:
        assert time.monotonic() < limit, workers[0].story()
        time.sleep(LOOK_S)


def timed(made: Stage, workers: Sequence[Program], events: int) -> dict[str, Any]:
    """What the events cost from now on until so many are handled: of all workers together, and of the broker."""
    for worker in workers:
        worker.tell("start")
    began, broker_s = time.monotonic(), made.broker_cpu_s()
    until(workers, events)
    found = [worker.ask("stop") for worker in workers]
    wall_s, broker_s = time.monotonic() - began, made.broker_cpu_s() - broker_s
    number = sum(each["handled"] for each in found)
    if not number:
        sys.exit("all events were handled before the window began: ask for more of them with --events")
    return {
        "events": number,
        "events_per_s": round(number / wall_s),
        "cpu_us_per_event": round(1e6 * sum(each["cpu_s"] for each in found) / number, 1),
        "broker_cpu_us_per_event": round(1e6 * broker_s / number, 1),
        "worker_percent": [round(100 * each["cpu_s"] / each["wall_s"]) for each in found],
        "broker_percent": round(100 * broker_s / wall_s),
        "records_per_commit": round(number / max(1, sum(each["counts"].get("commits", 0) for each in found)), 1),
        "rss": [each["rss"] for each in found],
        "gc": [each["gc"] for each in found],
    }
