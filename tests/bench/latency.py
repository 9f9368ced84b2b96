"""How long after an event its handoff is there for a `read_committed` reader, with a large table, at several rates.

    python -m tests.bench.latency --leads 1000000 --rate 1000 --rate 5000 --rate 20000 --toy

The latency counts from when the event was to be sent. Beside the worker the control: the generator and the reader, with
nothing between.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents import console
from schemas import topics
from streams.report import Table
from tests.bench import receiver, streams
from tests.bench.generator import Load
from tests.bench.prefill import prefill, relay_rows, toy_rows
from tests.bench.stage import APP_ID, Program, Stage, stage

HANDOFFS = 0.2
EVENTS_BEFORE = 5
WARM_RATE = 2000
CONTROL = topics.Topic(
    name="bench-control", purpose="Events with no worker.", owner="bench", writers=(), readers=(), config=topics.kept(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure; each rate for `seconds`, after `warm_s` that don't count."""

    rates: Sequence[float]
    seconds: float
    warm_s: float = 3.0
    leads: int
    lanes: int = 12
    toy: bool = False

    @property
    def events(self) -> int:
        """Events of one round over all rates."""
        return sum(round(rate * (self.warm_s + self.seconds)) for rate in self.rates)


class Subject:
    """What stands between generator and reader: nothing, a worker of ours, or another program."""

    def __init__(self, name: str, into: str, out: str, program: Program | None = None, *, ours: bool = False) -> None:
        self.name, self.into, self.out, self.program, self._ours = name, into, out, program, ours
        self._cpu_s = 0.0

    def start(self) -> None:
        """A window begins."""
        if self.program:
            self._cpu_s = self.program.cpu_s
            if self._ours:
                self.program.tell("start")

    def stop(self, wall_s: float) -> dict[str, Any]:
        """It ends."""
        if not self.program:
            return {}
        found = {"worker_percent": round(100 * (self.program.cpu_s - self._cpu_s) / wall_s, 1)}
        return {**found, **(_inside(self.program.ask("stop"), wall_s) if self._ours else {})}


def measure(made: Stage, plan: Plan, *, with_streams: bool = False) -> list[dict[str, Any]]:
    """First the control at each rate, then the worker at each, then Kafka Streams; one after the other."""
    assert plan.events <= plan.leads, f"{plan.events} events need as many leads"
    made.create(CONTROL)
    control = Subject("control", CONTROL.name, CONTROL.name)
    _rounds(made, replace(plan, rates=[WARM_RATE], seconds=plan.warm_s), control)
    return [*_rounds(made, plan, control), *_ours(made, plan), *(_streams(made, plan) if with_streams else [])]


def _ours(made: Stage, plan: Plan) -> list[dict[str, Any]]:
    rows = toy_rows() if plan.toy else relay_rows(EVENTS_BEFORE)
    prefill(made, APP_ID, plan.leads, rows)
    worker, opened = made.worker(toy=plan.toy, watch_loop=True)
    name = "leadrelay, toy score" if plan.toy else "leadrelay"
    found = _rounds(made, plan, Subject(name, topics.ACTIVITY.name, topics.HANDOFF.name, worker, ours=True))
    worker.end()
    return [{**each, "opened_s": opened["opened_s"]} for each in found]


def _streams(made: Stage, plan: Plan) -> list[dict[str, Any]]:
    if why := streams.missing():
        return [{"system": why}]
    made.create(*streams.places())
    prefill(made, streams.APP_ID, plan.leads, toy_rows(), foreign=True)
    program = streams.run(made)
    opened = program.hear()
    found = _rounds(made, plan, Subject("Kafka Streams, toy score", streams.NAMES[0], streams.NAMES[2], program))
    program.end()
    return [{**each, "opened_s": opened["opened_s"]} for each in found]


def _rounds(made: Stage, plan: Plan, subject: Subject) -> list[dict[str, Any]]:
    first, results = 0, []
    for rate in plan.rates:
        number = round(rate * (plan.warm_s + plan.seconds))
        results.append({"system": subject.name, **_round(made, plan, subject, (first, number, rate))})
        first += number
    return results


def _round(made: Stage, plan: Plan, subject: Subject, events: tuple[int, int, float]) -> dict[str, Any]:
    first, number, rate = events
    wall_s, who = (
        plan.warm_s + plan.seconds,
        {"address": made.address, "leads": plan.leads, "first": first, "rate": rate},
    )
    watch = receiver.Watch(**who, topic=subject.out, lanes=made.lanes, warm_s=plan.warm_s, number=number)
    reading = made.run("tests.bench.receiver", receiver.argument(watch))
    reading.hear()
    broker_s = made.broker_cpu_s()
    sending, began = made.generator(Load(**who, seconds=wall_s, topic=subject.into, handoffs=HANDOFFS))
    reading.tell(repr(began))
    subject.start()
    sent = sending.hear()
    reading.tell("sent")
    broker_s = made.broker_cpu_s() - broker_s
    inside, latency = subject.stop(wall_s), reading.hear()
    return {
        "rate": rate,
        **latency,
        "sent": sent["sent"],
        "failed": sent["failed"],
        "generator_late_ms": sent["late_ms"],
        "broker_percent": round(100 * broker_s / wall_s, 1),
        **inside,
    }


def _inside(found: Mapping[str, Any], wall_s: float) -> dict[str, Any]:
    return {
        "records": found["counts"].get("records", 0),
        "commits_per_s": round(found["counts"].get("commits", 0) / wall_s, 1),
        "stall_ms": found["stall_ms"],
        "gc": found["gc"],
    }


def tables(results: Sequence[Mapping[str, Any]]) -> list[Table]:
    """One row a system and rate."""
    names = ("p50_ms", "p99_ms", "p99.9_ms", "max_ms", "count", "worker_percent", "broker_percent", "commits_per_s")
    columns = ("system", "events/s", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "answers", "worker, % of a core")
    columns += ("broker, %", "commits/s", "longest stall ms", "pauses of the collector > 50 ms", "generator late ms")
    rows = [
        (
            found["system"],
            f"{found['rate']:g}" if "rate" in found else "-",
            *(str(found.get(name, "-")) for name in names),
            str(found.get("stall_ms", "-")),
            str(found["gc"]["over_50_ms"]) if "gc" in found else "-",
            str(found.get("generator_late_ms", "-")),
        )
        for found in results
    ]
    return [Table("From the moment an event is to be sent to its answer", columns, rows)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.latency", description=__doc__)
    parser.add_argument("--rate", type=float, action="append", help="events a second, may be given several times")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--warm", type=float, default=3)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--lanes", type=int, default=12)
    parser.add_argument("--toy", action="store_true", help="the engine with a score that costs nothing")
    parser.add_argument("--streams", action="store_true", help="also Kafka Streams, with the toy score")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rates = tuple(asked.rate or (1000, 2000))
    plan = Plan(
        rates=rates, seconds=asked.seconds, warm_s=asked.warm, leads=asked.leads, lanes=asked.lanes, toy=asked.toy
    )
    with stage(plan.lanes) as made:
        results = measure(made, plan, with_streams=asked.streams)
    console.write_json(*results) if asked.json else console.print_tables(tables(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
