"""Takes the time and the CPU of one system, without its start: from its first events handled to its last."""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from agents.bench.sampler import DECIDING, Sampler

WARM_SHARE = 0.01
"""The clock starts anew until this share of the events has been handled: imports, joining and opening don't count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a system is asked to do: handle the first `events` of the activity topic, and write its result.

    Attributes:
        toy: Score with the toy in place of the agreement.
        agreement: The file of a second worker of leadrelay, which has another than the settings say.
    """

    address: str
    lanes: int
    events: int
    result: str
    broker_pid: int | None = None
    toy: bool = False
    agreement: str | None = None

    @classmethod
    def given(cls) -> Self:
        """The job on the command line."""
        return cls(**json.loads(sys.argv[1]))

    def argument(self) -> str:
        """The job for the command line."""
        return json.dumps(asdict(self))


class Mark(NamedTuple):
    """A moment: events handled until then, seconds, and CPU seconds (user and system) of us and of the broker."""

    handled: int
    at_s: float
    cpu_s: float
    broker_cpu_s: float | None


class Stopwatch:
    """Hears how many events have been handled, and writes the result when all are."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._sampler = Sampler()
        self._begin(0)

    def ready(self) -> None:
        """Start: reading begins now."""
        self._begin(0)

    def reached(self, handled: int) -> None:
        """Hear how many events have been handled so far; until the system is warm, this is where it starts."""
        if handled <= self.job.events * WARM_SHARE:
            self._begin(handled)

    def finish(self, handled: int, handoffs: int) -> None:
        """Write the result: all are handled, and what came of them is in Kafka."""
        start, end, shares = self._started, self._mark(handled), self._sampler.stop()
        events = end.handled - start.handled
        cpu_us = (end.cpu_s - start.cpu_s) / events * 1e6
        broker_us = _between(start.broker_cpu_s, end.broker_cpu_s, events)
        result: dict[str, Any] = {
            "events_per_s": round(events / (end.at_s - start.at_s)),
            "cpu_us_per_event": round(cpu_us, 2),
            "deciding_us_per_event": round(cpu_us * sum(shares.get(part, 0) for part in DECIDING), 2),
            "broker_cpu_us_per_event": broker_us,
            "events": handled,
            "seconds": round(end.at_s - start.at_s, 3),
            "handoffs": handoffs,
            "parts_us_per_event": {part: round(cpu_us * share, 2) for part, share in shares.items()},
        }
        Path(self.job.result).write_text(json.dumps(result), "utf-8")

    def _begin(self, handled: int) -> None:
        self._started = self._mark(handled)
        self._sampler.start()

    def _mark(self, handled: int) -> Mark:
        pid = self.job.broker_pid
        return Mark(handled, time.perf_counter(), time.process_time(), None if pid is None else cpu_s(pid))


def _between(start_s: float | None, end_s: float | None, events: int) -> float | None:
    return None if start_s is None or end_s is None else round((end_s - start_s) / events * 1e6, 2)


def cpu_s(pid: int) -> float | None:
    """CPU seconds of another process so far, as Linux tells them; None elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
