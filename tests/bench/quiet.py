"""What a pipeline with little to do costs: the worker's and the broker's share of a core at a few events a second.

python -m tests.bench.quiet --rate 1000 --seconds 20 --profile
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from agents import console
from streams.report import Table
from tests.bench.generator import Load
from tests.bench.stage import Program, Stage, sleep_until, stage

RATES = (100, 1000)
GOALS = {100: 5, 1000: 15}
"""Percent of a core for the worker, by events a second."""
EVENTS_BEFORE, EVENTS_A_LEAD, FAST = 5, 5, 2000
"""Events of a lead before the window, which also warm the broker up, and in it; events a second before it."""
WARM_S, LOOK_S, SHOWN = 1.0, 0.2, 25
FIRST = 10_000_000
"""Events of the window have numbers, and so ids, of their own."""


def measure(made: Stage, rate: float, seconds: float, *, toy: bool, profile: bool) -> dict[str, Any]:
    """The worker and its broker at one rate, and the broker again with the generator alone."""
    leads = max(100, round(rate * seconds / EVENTS_A_LEAD))
    worker, opened = made.worker(toy=toy, profile=profile)
    history = Load(address=made.address, leads=leads, rate=FAST, seconds=max(3, leads * EVENTS_BEFORE / FAST))
    _until_handled(worker, made.generator(history)[0].hear()["sent"])
    sender, began = made.generator(_load(made, leads, rate, WARM_S + seconds + 1))
    sleep_until(began + WARM_S)
    worker.tell("start")
    broker_s = made.broker_cpu_s()
    sleep_until(began + WARM_S + seconds)
    found, broker_s = worker.ask("stop"), made.broker_cpu_s() - broker_s
    sent = sender.hear()
    worker.end()
    alone_s = _alone(made, leads, rate, seconds / 2)
    counts, wall_s = found["counts"], found["wall_s"]
    return {
        "rate": rate,
        "events": counts.get("records", 0),
        "events_per_s": round(counts.get("records", 0) / wall_s),
        "worker_us_per_event": round(1e6 * found["cpu_s"] / max(1, counts.get("records", 0)), 1),
        "worker_percent": round(100 * found["cpu_s"] / wall_s, 2),
        "broker_percent": round(100 * broker_s / wall_s, 2),
        "broker_percent_without_worker": round(100 * alone_s / (seconds / 2), 2),
        "commits_per_s": round(counts.get("commits", 0) / wall_s, 1),
        "requests_per_s": round(sum(found["requests"].values()) / wall_s, 1),
        "requests": {name: round(number / wall_s, 1) for name, number in found["requests"].items()},
        "records_per_commit": round(counts.get("records", 0) / max(1, counts.get("commits", 0)), 1),
        "lanes_per_commit": round(counts.get("lanes", 0) / max(1, counts.get("commits", 0)), 1),
        "worker_ms_per_commit": round(1000 * found["cpu_s"] / max(1, counts.get("commits", 0)), 2),
        "threads": {name: round(100 * cpu / wall_s, 1) for name, cpu in found["threads"].items()},
        "generator": sent,
        "outputs_per_event": round(counts.get("outputs", 0) / max(1, counts.get("records", 0)), 3),
        "opened_s": opened["opened_s"],
        "profile": found["profile"],
    }


def _load(made: Stage, leads: int, rate: float, seconds: float) -> Load:
    return Load(address=made.address, leads=leads, rate=rate, seconds=seconds, first=FIRST)


def _until_handled(worker: Program, events: int) -> None:
    while worker.ask("look")["handled"] < events:
        time.sleep(LOOK_S)


def _alone(made: Stage, leads: int, rate: float, seconds: float) -> float:
    """CPU seconds of the broker with the generator and no worker."""
    sender, began = made.generator(_load(made, leads, rate, seconds + 1))
    sleep_until(began + 0.5)
    broker_s = made.broker_cpu_s()
    sleep_until(began + 0.5 + seconds)
    broker_s = made.broker_cpu_s() - broker_s
    sender.hear()
    return broker_s


def tables(results: Sequence[Mapping[str, Any]]) -> list[Table]:
    """The shares, and the profile of each rate that has one."""
    columns = ("events/s", "handled/s", "worker, % of a core", "goal", "broker, %", "broker without worker, %")
    columns += ("µs an event", "commits/s", "ms a commit", "records a commit", "lanes a commit", "requests/s")
    names = ("events_per_s", "worker_percent", "", "broker_percent", "broker_percent_without_worker")
    names += ("worker_us_per_event", "commits_per_s")
    names += ("worker_ms_per_commit", "records_per_commit", "lanes_per_commit", "requests_per_s")
    rows = [
        (f"{found['rate']:g}", *(str(found[name]) if name else str(GOALS.get(found["rate"], "-")) for name in names))
        for found in results
    ]
    shown = [Table("A quiet pipeline", columns, rows)]
    for found in results:
        shown.append(
            Table(
                f"Requests of the worker a second, and its threads (%), at {found['rate']:g} events/s",
                ("what", "number"),
                [(name, str(each)) for name, each in (*found["requests"].items(), *found["threads"].items())],
            )
        )
        if found["profile"]:
            shown += [_shares(found, name) for name in ("parts", "self", "under")]
    return shown


def _shares(found: Mapping[str, Any], name: str) -> Table:
    titles = {"parts": "by part", "self": "by function, itself", "under": "by function, with what it calls"}
    rows = [(f"{share:.1%}", each) for each, share in list(found["profile"][name].items())[:SHOWN]]
    return Table(f"Where the CPU goes at {found['rate']:g} events/s: {titles[name]}", ("share", name), rows)


def run(rates: Sequence[float], seconds: float, *, toy: bool, profile: bool, lanes: int) -> list[dict[str, Any]]:
    """Each rate on a broker of its own, so that none starts with another's backlog."""
    results = []
    for rate in rates:
        with stage(lanes) as made:
            results.append(measure(made, rate, seconds, toy=toy, profile=profile))
    return results


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quiet", description=__doc__)
    parser.add_argument("--rate", type=float, action="append", help="events a second, may be given several times")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--lanes", type=int, default=12)
    parser.add_argument("--toy", action="store_true", help="the engine with a score that costs nothing")
    parser.add_argument("--profile", action="store_true", help="also where the worker's CPU goes")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = run(asked.rate or RATES, asked.seconds, toy=asked.toy, profile=asked.profile, lanes=asked.lanes)
    console.write_json(*found) if asked.json else console.print_tables(tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
