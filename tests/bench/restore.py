"""How fast a worker reads its table back, and how much memory a lead takes in it.

    python -m tests.bench.restore --leads 1000000

Three tables are read by a worker of its own each: a tenth of the leads, all of them, and all of them with each row
written twice, as a changelog has it that is not compacted yet. Memory a lead is what the second takes more than the
first, by lead.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from agents import console
from streams.report import Table
from tests.bench.prefill import prefill, relay_rows, toy_rows
from tests.bench.stage import APP_ID, Stage, stage

HISTORIES = (1, 10)
"""Events of a lead."""


def measure(made: Stage, leads: int, rows: list[bytes]) -> dict[str, Any]:
    """The three tables with these rows."""
    toy, found = len(rows[0]) < len(b"100"), []
    for number in (leads // 10, leads, leads):
        written = prefill(made, APP_ID, number, rows)
        worker, opened = made.worker(toy=toy)
        settled = worker.ask("look")["rss"]
        worker.end()
        found.append({**opened, "leads": number, "bytes": written, "rss": settled})
    few, many, _ = found
    return {
        "leads": leads,
        "row_bytes": round(many["bytes"] / leads),
        "bytes_a_lead": round((many["rss"] - few["rss"]) / (many["leads"] - few["leads"])),
        "tables": [
            {
                "leads": each["leads"],
                "records": each["rows"],
                "restore_s": round(each["restore_s"], 2),
                "records_per_s": round(each["rows"] / each["restore_s"]),
                "rss_mb": round(each["rss"] / 1e6),
            }
            for each in found
        ],
    }


def run(leads: int, histories: Sequence[int], *, lanes: int, toy: bool) -> list[dict[str, Any]]:
    """Each kind of row on a broker of its own."""
    kinds = {f"{number} events": relay_rows(number) for number in histories}
    if toy:
        kinds["toy"] = toy_rows()
    results = []
    for kind, rows in kinds.items():
        with stage(lanes) as made:
            results.append({"rows": kind, **measure(made, leads, rows)})
    return results


def tables(results: Sequence[Mapping[str, Any]]) -> list[Table]:
    """Memory, and the time to read a table."""
    memory = [(each["rows"], each["leads"], each["row_bytes"], each["bytes_a_lead"]) for each in results]
    times = [
        (each["rows"], *(str(table[name]) for name in ("leads", "records", "restore_s", "records_per_s", "rss_mb")))
        for each in results
        for table in each["tables"]
    ]
    return [
        Table("Memory", ("a lead's row is of", "leads", "bytes of a row", "bytes a lead in memory"), memory),
        Table("Reading the table", ("rows", "leads", "records", "seconds", "records/s", "RSS, MB"), times),
    ]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.restore", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--events", type=int, action="append", help="events of a lead, may be given several times")
    parser.add_argument("--toy", action="store_true", help="also rows of the toy score")
    parser.add_argument("--lanes", type=int, default=12)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = run(asked.leads, asked.events or HISTORIES, lanes=asked.lanes, toy=asked.toy)
    console.write_json(*found) if asked.json else console.print_tables(tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
