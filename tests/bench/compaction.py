"""How much more than the live rows a changelog holds while rows keep changing: what a restart would have to read.

    python -m tests.bench.compaction --leads 200000 --lanes 2 --updates 2000000

Rows of leads by chance are written to a changelog with the catalogue's settings, in transactions and at a steady rate,
and the records that it holds are counted from time to time.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from agents import console
from agents.broker import properties
from schemas import topics
from streams.report import Table
from tests.bench.prefill import Prefill, relay_rows
from tests.bench.stage import APP_ID, Stage, stage

EVENTS_BEFORE = 5
CHUNK = 5000
"""Updates in a transaction."""
LOOKS = 10
CLEANER = {"log.cleaner.backoff.ms": "1000"}
"""How often an idle cleaner looks for work; by default each 15 s, which is nothing against days of running."""


def measure(made: Stage, leads: int, updates: int, rate: float) -> list[dict[str, Any]]:
    """What the changelog holds, as a multiple of the live rows, at each look."""
    name, rows, chance = topics.changelog(APP_ID).name, relay_rows(EVENTS_BEFORE), Random(1)  # noqa: S311
    filling = Prefill(made.address, name, made.lanes)
    filling.rows(range(leads), lambda lead: rows[lead % len(rows)])
    filling = Prefill(made.address, name, made.lanes, transactional=True)
    looks, began, written = [_look(made, name, leads, 0)], time.monotonic(), 0
    while written < updates:
        with filling.transaction():
            filling.rows((chance.randrange(leads) for _ in range(CHUNK)), lambda lead: rows[lead % len(rows)])
        written += CHUNK
        time.sleep(max(0.0, began + written / rate - time.monotonic()))
        if written * LOOKS // updates >= len(looks):
            looks.append(_look(made, name, leads, written))
    return looks


def _look(made: Stage, name: str, leads: int, written: int) -> dict[str, Any]:
    """Read the changelog as a restart would, and count."""
    consumer = Consumer(
        {
            "bootstrap.servers": made.address,
            "group.id": "look",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(name, lane, 0) for lane in range(made.lanes)])
    records = size = ended = 0
    while ended < made.lanes:  # the last offset of a partition is a transaction's marker, which nobody is given
        for message in consumer.consume(10_000, 0.5):
            if message.error():
                ended += 1
            else:
                records += 1
                size += len(message.value() or b"") + len(message.key() or b"")
    consumer.close()
    return {
        "updates": written,
        "records": records,
        "mb": round(size / 1e6, 1),
        "disk_mb": round(sum(file.stat().st_size for file in _segments(made, name)) / 1e6, 1),
        "times_live": round(records / leads, 2),
    }


def _segments(made: Stage, name: str) -> list[Path]:
    return list(properties.files(made.broker.plan.directory).data.glob(f"{name}-*/*.log"))


def tables(results: Sequence[Mapping[str, Any]]) -> list[Table]:
    """One row a look."""
    columns = ("updates so far", "records in the changelog", "MB", "MB on disk", "times the live rows (goal 2)")
    names = ("updates", "records", "mb", "disk_mb", "times_live")
    rows = [tuple(str(each[name]) for name in names) for each in results]
    return [Table("A changelog under continuous updates", columns, rows)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.compaction", description=__doc__)
    parser.add_argument("--leads", type=int, default=50_000)
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--updates", type=int, default=400_000)
    parser.add_argument("--rate", type=float, default=20_000, help="updates a second")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with stage(asked.lanes, CLEANER) as made:
        found = measure(made, asked.leads, asked.updates, asked.rate)
    console.write_json(*found) if asked.json else console.print_tables(tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
