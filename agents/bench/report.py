"""Shows what a bench found: ratios first, because absolute figures are the machine's."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streams.report import Table

PROMISES = {"leadrelay": "exactly once", "faust": "at least once", "aiokafka": "none", "confluent": "none"}
OF_AGREEMENT = ("agreement", "CPU, ratio", "CPU µs an event", "of it deciding", "handoffs", "events")
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
    return [
        Table("The same events, rules and broker, one system after the other", COLUMNS, rows),
        _parts(results.values(), results),
    ]


def compared(results: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> list[Table]:
    """Two agreements of these names, with the ratio to the first, and where the CPU of each goes."""
    first, *_ = found = [*results.values()]
    costs = [(*_costs(each, first), each["handoffs"], each["events"]) for each in found]
    rows = [(name, *theirs) for name, theirs in zip(names, costs, strict=True)]
    return [Table("The same events and broker, by turns", OF_AGREEMENT, rows), _parts(found, names)]


def _costs(found: Mapping[str, Any], first: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{found['cpu_us_per_event'] / first['cpu_us_per_event']:.2f}",
        f"{found['cpu_us_per_event']:.1f}",
        f"{found['deciding_us_per_event']:.1f}",
    )


def _cells(found: Mapping[str, Any], first: Mapping[str, Any]) -> tuple[str | int, ...]:
    broker_us = found["broker_cpu_us_per_event"]
    ratio, cpu_us, deciding_us = _costs(found, first)
    return (
        ratio,
        f"{found['events_per_s'] / first['events_per_s']:.2f}",
        cpu_us,
        deciding_us,
        "-" if broker_us is None else f"{broker_us:.1f}",
        found["events_per_s"],
        found["events"],
    )


def _parts(results: Iterable[Mapping[str, Any]], names: Iterable[str]) -> Table:
    found = [result["parts_us_per_event"] for result in results]
    parts = dict.fromkeys(part for theirs in found for part in theirs)
    rows = [(part, *(f"{theirs[part]:.1f}" if part in theirs else "-" for theirs in found)) for part in parts]
    return Table("Where the CPU goes (µs an event)", ("part", *names), rows)
