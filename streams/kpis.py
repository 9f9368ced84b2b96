"""Turns the exact counters into the KPIs of the agreement: numbers for programs, tables for people."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from streams.funnel import LEADS, MONTH, Key
from streams.report import Table
from streams.stage import LADDER

STAGES = (*LADDER, "disqualified")
RATES = tuple(pairwise(("visitor", "lead", "mql", "sql", "customer")))
"""The conversion rates of the review: visitor to lead to MQL to SQL to customer."""
Grouped = Mapping[str, Mapping[Key, int]]


def kpis(counts: Mapping[Key, int]) -> dict[str, Any]:
    """The KPIs from counters (`streams.funnel`), of one lane or of all lanes added up.

    `reached` counts a lead once a stage, `entered` each time; shares and rates are between 0 and 1, None of nothing.
    """
    grouped = _grouped(counts)
    reached = _reached(grouped)
    return {
        "stages": _stages(grouped, reached),
        "rates": {f"{a}_to_{b}": _share(reached[b], reached[a]) for a, b in RATES},
        "handoffs": _by_first(grouped, "handoffs"),
        "returns": _by_first(grouped, "returns"),
        "deadlines": _by_first(grouped, "deadlines"),
        "attempts": _two_deep(grouped, "attempts"),
        "attempts_to_answer": _by_number(grouped, "attempts_to_answer"),
        "attempts_to_yes": _by_number(grouped, "attempts_to_yes"),
        "months": _months(grouped),
        "sources": _sources(grouped),
        "messages": _two_deep(grouped, "messages"),
    }


def _grouped(counts: Mapping[Key, int]) -> Grouped:
    grouped: dict[str, dict[Key, int]] = {}
    for key in sorted(counts):
        grouped.setdefault(key[0], {})[key[1:]] = counts[key]
    return grouped


def _reached(grouped: Grouped) -> dict[str, int]:
    """How many leads ever reached each rung; everybody begins as a visitor, once."""
    reached = {to: number for (_, to), number in grouped.get("conversions", {}).items()}
    arrived = sum(number for (stage, _), number in grouped.get("stage_entered", {}).items() if stage == LADDER[0])
    return {LADDER[0]: arrived, **{str(stage): reached.get(stage, 0) for stage in LADDER[1:]}}


def _stages(grouped: Grouped, reached: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    entered = _total(grouped, "stage_entered")
    now = _by_first(grouped, LEADS)
    before = dict(zip(LADDER[1:], LADDER, strict=False))
    return {
        stage: {
            "now": now.get(stage, 0),
            "entered": entered[stage],
            "reached": reached.get(stage),
            "of_previous": _share(reached.get(stage), reached.get(before.get(stage, ""))),
            "of_visitors": _share(reached.get(stage), reached[LADDER[0]]),
        }
        for stage in STAGES
    }


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None


def _by_first(grouped: Grouped, family: str) -> dict[str, int]:
    return {key[0]: number for key, number in grouped.get(family, {}).items()}


def _total(grouped: Grouped, family: str) -> Counter[str]:
    """The counts by their first label, all others added up."""
    total: Counter[str] = Counter()
    for key, number in grouped.get(family, {}).items():
        total[key[0]] += number
    return total


def _two_deep(grouped: Grouped, family: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (first, second), number in grouped.get(family, {}).items():
        found.setdefault(first, {})[second] = number
    return found


def _by_number(grouped: Grouped, family: str) -> dict[str, int]:
    return dict(sorted(_by_first(grouped, family).items(), key=lambda item: int(item[0])))


def _months(grouped: Grouped) -> dict[str, dict[str, int]]:
    """Stage entries by month and stage, all sources together."""
    months: dict[str, Counter[str]] = {}
    for (month, stage, _), number in grouped.get(MONTH, {}).items():
        months.setdefault(month, Counter())[stage] += number
    return {month: dict(entered) for month, entered in months.items()}


def _sources(grouped: Grouped) -> dict[str, dict[str, int]]:
    """Stage entries by source and stage."""
    sources: dict[str, dict[str, int]] = {}
    for (stage, source), number in grouped.get("stage_entered", {}).items():
        sources.setdefault(source, {})[stage] = number
    return sources


def tables(numbers: Mapping[str, Any]) -> list[Table]:
    """What `kpis` gave, as tables; only those that have rows."""
    rates = [(a, b, percent(numbers["rates"][f"{a}_to_{b}"])) for a, b in RATES]
    found = [
        _stage_table(numbers),
        Table("conversion", ("from", "to", "rate"), rates),
        _shares("handoffs", "trigger", numbers["handoffs"]),
        _shares("returns", "reason", numbers["returns"]),
        _shares("response deadlines", "outcome", numbers["deadlines"]),
        _cross("attempts", "channel", numbers["attempts"]),
        _running("attempts to the first answer", numbers["attempts_to_answer"]),
        _running("attempts to a yes", numbers["attempts_to_yes"]),
        _cross("stage entries by source", "source", numbers["sources"], STAGES),
        _cross("stage entries by month", "month", numbers["months"], STAGES),
        _cross("messages", "topic", numbers["messages"]),
    ]
    return [table for table in found if table.rows]


def percent(share: float | None) -> str:
    """A share in words: `12.3 %`, and a dash for a share of nothing."""
    return "-" if share is None else f"{share:.1%}".replace("%", " %")


def _stage_table(numbers: Mapping[str, Any]) -> Table:
    rows: list[tuple[str | int, ...]] = [
        (
            stage,
            row["now"],
            row["entered"],
            "-" if row["reached"] is None else row["reached"],
            percent(row["of_previous"]),
            percent(row["of_visitors"]),
        )
        for stage, row in numbers["stages"].items()
    ]
    return Table("funnel", ("stage", "now", "entered", "ever reached", "of the stage before", "of all"), rows)


def _shares(title: str, what: str, counts: Mapping[str, int]) -> Table:
    """The most frequent first."""
    whole = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return Table(title, (what, "times", "share"), [(name, n, percent(_share(n, whole))) for name, n in ordered])


def _running(title: str, counts: Mapping[str, int]) -> Table:
    """By number, with the share of those that needed so many or fewer."""
    whole, so_far = sum(counts.values()), 0
    rows: list[tuple[str | int, ...]] = []
    for name, number in counts.items():
        so_far += number
        rows.append((int(name), number, percent(_share(so_far, whole))))
    return Table(title, ("attempts", "times", "so many or fewer"), rows)


def _cross(title: str, what: str, counts: Mapping[str, Mapping[str, int]], columns: Iterable[str] = ()) -> Table:
    names = tuple(columns) or tuple(sorted({name for row in counts.values() for name in row}))
    return Table(title, (what, *names), [(first, *(row.get(n, 0) for n in names)) for first, row in counts.items()])
