"""Runs a bench: one broker, the same events for all, the systems one after the other, each in a process of its own.

Two agreements are compared by turns: what they differ by is less than what a shared machine does in a minute.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agents import console
from agents.bench import events, fill, places
from agents.bench.stopwatch import Job
from agents.bench.turns import by_turns, say_late
from agents.broker import EmbeddedBroker
from agents.errors import LeadrelayError
from schemas.topics import PARTITIONS

SYSTEMS = ("leadrelay", *places.OTHERS)
NEEDED = {"confluent": "confluent_kafka"}
"""Packages that a worker does without."""
SEED = 1
EVENTS_A_LEAD = 10
FAUST_SHARE, FAUST_EVENTS_MIN = 20, 20_000
"""Faust handles one event of so many, because it is slow, but at least so many events."""
PATIENCE_S, PATIENCE_A_EVENT_S = 120, 0.003
LOG_LINES = 15

Result = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure. `broker` is an address, None for a broker of our own; `keep` leaves the topics there.

    Attributes:
        toy: Score with the toy in place of the agreement.
        beside: Compare two workers of leadrelay in place of systems: the second one has this agreement.
    """

    events: int
    leads: int | None = None
    systems: Sequence[str] = SYSTEMS
    broker: str | None = None
    lanes: int = PARTITIONS
    keep: bool = False
    toy: bool = False
    beside: Path | None = None

    @property
    def present(self) -> list[str]:
        """The systems whose packages are installed."""
        return [system for system in self.systems if find_spec(NEEDED.get(system, "agents"))]


def measure(plan: Plan, tell: Callable[[str], None]) -> Mapping[str, Result]:
    """Measure each system; `tell` hears what is being done.

    Raises:
        LeadrelayError: The broker cannot be had, its topics are in use, or a system failed.
    """
    with _broker(plan, tell) as (address, pid):
        console.run(places.create(address, plan.lanes))
        try:
            tell(f"writing {plan.events:,} events")
            leads = plan.leads or max(1, plan.events // EVENTS_A_LEAD)
            console.run(fill.fill(address, plan.lanes, events.made_up(plan.events, leads, SEED)))
            if plan.beside:
                return _compare(plan, address, tell)
            return {system: _run(plan, system, address, pid, tell) for system in plan.present}
        finally:
            if not plan.keep:
                console.run(places.remove(address))


@contextmanager
def _broker(plan: Plan, tell: Callable[[str], None]) -> Iterator[tuple[str, int | None]]:
    if plan.broker:
        yield plan.broker, None
        return
    tell("starting a broker")
    with EmbeddedBroker(tell=tell) as broker:
        yield broker.address, broker.pid


def _run(plan: Plan, system: str, address: str, pid: int | None, tell: Callable[[str], None]) -> Result:
    number = faust_events(plan.events) if system == "faust" else plan.events
    tell(f"{system} handles {number:,} events")
    with tempfile.TemporaryDirectory(prefix="leadrelay-bench-") as folder:
        result = Path(folder, "result.json")
        job = Job(
            address=address,
            lanes=plan.lanes,
            events=number,
            result=str(result),
            broker_pid=pid,
            toy=plan.toy,
        )
        log = Path(folder, "log")
        _finish(system, job, log)
        return _result(system, job, log)


def _compare(plan: Plan, address: str, tell: Callable[[str], None]) -> dict[str, Result]:
    """Measure two workers by turns. Time, and what the broker does, belong to neither alone then."""
    tell(f"two workers handle {plan.events:,} events, by turns")
    with tempfile.TemporaryDirectory(prefix="leadrelay-bench-") as folder:
        jobs = {
            system: Job(
                address=address,
                lanes=plan.lanes,
                events=plan.events,
                result=str(Path(folder, f"{system}.json")),
                agreement=agreement,
            )
            for system, agreement in {"leadrelay": None, places.BESIDE: str(plan.beside)}.items()
        }
        logs = {system: Path(folder, f"{system}.log") for system in jobs}
        commands = [_command("leadrelay", job) for job in jobs.values()]
        by_turns(commands, [*logs.values()], len(jobs) * _patience_s(plan.events))
        nobodys = dict.fromkeys(("events_per_s", "seconds"))
        return {system: _result(system, job, logs[system]) | nobodys for system, job in jobs.items()}


def _result(system: str, job: Job, log: Path) -> Result:
    result = Path(job.result)
    if not result.exists():
        raise _failure(system, log.read_text("utf-8", "replace"))
    return dict(json.loads(result.read_text("utf-8")))


def faust_events(events: int) -> int:
    """How many of so many events Faust handles."""
    return min(events, max(FAUST_EVENTS_MIN, events // FAUST_SHARE))


def _finish(system: str, job: Job, log: Path) -> None:
    """Run the system to its end; what it writes goes to the log, for the case that it fails."""
    command, patience_s = _command(system, job), _patience_s(job.events)
    try:
        with log.open("wb") as out:
            subprocess.run(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=patience_s, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        say_late(log, patience_s)


def _command(system: str, job: Job) -> list[str]:
    return [sys.executable, "-m", f"agents.bench.on_{system}", job.argument()]


def _patience_s(events: int) -> float:
    return PATIENCE_S + PATIENCE_A_EVENT_S * events


def _failure(system: str, log: str) -> LeadrelayError:
    return LeadrelayError(
        f"the bench of {system} ended without a result",
        "\n  ".join(log.strip().splitlines()[-LOG_LINES:]) or "it wrote nothing",
        "see that the machine has memory, disk and time to spare, and run it again with fewer --events",
    )
