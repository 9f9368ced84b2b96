"""Shows what a bench found: ratios first, because absolute figures are the machine's."""

from collections.abc import Mapping
from typing import Any

from streams.report import Table

PROMISES = {"leadrelay": "exactly once", "faust": "at least once", "aiokafka": "none", "confluent": "none"}
COLUMNS = (
    "system",
    "promise",
    "CPU, ratio",
    "rate, ratio",
    "CPU µs an event",
    "of it deciding",
    "broker's CPU µs",
    "events/s",
    "events",
)


def tables(results: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    """The comparison, with ratios to the first system, and where each system's CPU goes."""
    first = next(iter(results.values()))
    rows = [(system, PROMISES[system], *_cells(found, first)) for system, found in results.items()]
    return [Table("The same events, rules and broker, one system after the other", COLUMNS, rows), _parts(results)]


def _cells(found: Mapping[str, Any], first: Mapping[str, Any]) -> tuple[str | int, ...]:
    broker_us = found["broker_cpu_us_per_event"]
    return (
        f"{found['cpu_us_per_event'] / first['cpu_us_per_event']:.2f}",
        f"{found['events_per_s'] / first['events_per_s']:.2f}",
        f"{found['cpu_us_per_event']:.1f}",
        f"{found['deciding_us_per_event']:.1f}",
        "-" if broker_us is None else f"{broker_us:.1f}",
        found["events_per_s"],
        found["events"],
    )


def _parts(results: Mapping[str, Mapping[str, Any]]) -> Table:
    found = {system: result["parts_us_per_event"] for system, result in results.items()}
    names = dict.fromkeys(name for parts in found.values() for name in parts)
    rows = [(name, *(f"{parts[name]:.1f}" if name in parts else "-" for parts in found.values())) for name in names]
    return Table("Where the CPU goes (µs an event)", ("part", *found), rows)
