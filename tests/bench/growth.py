"""Whether an event costs the same with few and many leads, few and many lanes, early and late: a table and a picture.

    python -m tests.bench.growth --leads 10000 --leads 1000000 --lanes 1 --lanes 64 --events 250000 --picture FILE

Leads and lanes are tried with the agreement that leadrelay brings, on tables that are written beforehand; the number of
events with the toy score, in one long run.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agents import console
from streams.report import Table
from tests.bench import backlog
from tests.bench.picture import Panel, drawn
from tests.bench.prefill import prefill, relay_rows
from tests.bench.stage import APP_ID, stage

LEADS, LANES, EVENTS = (2000, 20_000), (1, 16), (20_000, 100_000)
LEADS_USUALLY, LANES_USUALLY = 100_000, 12
EVENTS_BEFORE = 5
TITLES = {"leads": "leads in the table", "lanes": "lanes", "events": "events so far, toy score"}


def one(leads: int, lanes: int, events: int) -> dict[str, Any]:
    """So many events of random leads, on a table of so many leads."""
    with stage(lanes) as made:
        prefill(made, APP_ID, leads, relay_rows(EVENTS_BEFORE))
        backlog.write(made, events, leads)
        worker, _ = made.worker(toy=False)
        found = backlog.timed(made, [worker], events)
        worker.end()
    return found


def long(steps: Sequence[int]) -> list[dict[str, Any]]:
    """One run with the toy score, measured between these numbers of events."""
    found, before = [], 0
    with stage(LANES_USUALLY) as made:
        backlog.write(made, steps[-1], LEADS_USUALLY)
        worker, _ = made.worker(toy=True)
        for step in steps:
            found.append({"x": step, **backlog.timed(made, [worker], step)})
            before = step
        worker.end()
    assert before == steps[-1]
    return found


def run(
    what: Sequence[str], leads: Sequence[int], lanes: Sequence[int], steps: Sequence[int], each: int
) -> dict[str, list[dict[str, Any]]]:
    """What is asked for of the three rows of measurements."""
    usual = min(LEADS_USUALLY, max(leads))
    rows = {
        "leads": lambda: [{"x": number, **one(number, LANES_USUALLY, each)} for number in leads],
        "lanes": lambda: [{"x": number, **one(usual, number, each)} for number in lanes],
        "events": lambda: long(steps),
    }
    return {name: rows[name]() for name in what}


def tables(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Table]:
    """CPU an event, with the ratio to the first of its row."""
    columns = ("what grows", "to", "CPU µs an event", "ratio", "broker's CPU µs", "events/s", "RSS, MB")
    rows = [
        (
            TITLES[name],
            each["x"],
            str(each["cpu_us_per_event"]),
            f"{each['cpu_us_per_event'] / found[0]['cpu_us_per_event']:.2f}",
            str(each["broker_cpu_us_per_event"]),
            each["events_per_s"],
            round(each["rss"][0] / 1e6),
        )
        for name, found in results.items()
        for each in found
    ]
    return [Table("Growth", columns, rows)]


def panels(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Panel]:
    """What is drawn."""
    return [
        Panel(TITLES[name], [(each["x"], each["cpu_us_per_event"]) for each in found])
        for name, found in results.items()
    ]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--leads", type=int, action="append", help="may be given several times, as the next two")
    parser.add_argument("--lanes", type=int, action="append")
    parser.add_argument("--events", type=int, action="append")
    parser.add_argument("--what", nargs="+", choices=list(TITLES), default=list(TITLES))
    parser.add_argument("--events-each", type=int, default=5000, help="events for each number of leads and lanes")
    parser.add_argument("--picture", type=Path, help="an SVG to be written")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    leads, lanes, steps = asked.leads or LEADS, asked.lanes or LANES, asked.events or EVENTS
    found = run(asked.what, leads, lanes, steps, asked.events_each)
    if asked.picture:
        asked.picture.write_text(drawn("CPU an event, µs", panels(found)), "utf-8")
    console.write_json(found) if asked.json else console.print_tables(tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
