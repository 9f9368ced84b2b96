"""Two workers on one machine against one: what they do a second, and what holds each up.

python -m tests.bench.two --events 100000
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from agents import console
from streams.report import Table
from tests.bench import backlog
from tests.bench.stage import stage

LANES = 12
WARM_SHARE = 0.1
EVENTS_A_LEAD = 10


def measure(workers: int, events: int, *, toy: bool) -> dict[str, Any]:
    """So many workers, which share the lanes, on a backlog; measured once all work, and a tenth is done."""
    with stage(LANES) as made:
        backlog.write(made, events, max(1, events // EVENTS_A_LEAD))
        programs = [made.started(toy=toy, lanes=LANES // workers) for _ in range(workers)]
        for program in programs:
            program.hear()
        backlog.until(programs, round(events * WARM_SHARE))
        found = backlog.timed(made, programs, events)
        for program in programs:
            program.end()
    return {"workers": workers, **found}


def tables(results: Sequence[Mapping[str, Any]]) -> list[Table]:
    """One row a number of workers, with the ratio to the first."""
    columns = ("workers", "events/s", "ratio", "CPU µs an event", "broker's CPU µs", "each worker, % of a core")
    columns += ("broker, %", f"free, % of {os.cpu_count()} cores", "records a commit")
    rows = [
        (
            each["workers"],
            each["events_per_s"],
            f"{each['events_per_s'] / results[0]['events_per_s']:.2f}",
            str(each["cpu_us_per_event"]),
            str(each["broker_cpu_us_per_event"]),
            ", ".join(map(str, each["worker_percent"])),
            each["broker_percent"],
            (os.cpu_count() or 1) * 100 - sum(each["worker_percent"]) - each["broker_percent"],
            str(each["records_per_commit"]),
        )
        for each in results
    ]
    return [Table("Workers on one machine, on a backlog", columns, rows)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.two", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--toy", action="store_true", help="the engine with a score that costs nothing")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = [measure(workers, asked.events, toy=asked.toy) for workers in (1, 2)]
    console.write_json(*found) if asked.json else console.print_tables(tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
