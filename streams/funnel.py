"""Exact counts of what happened: the KPIs of the agreement, counted from facts and kept beside the rows."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemas import fact as f
from schemas.envelope import rfc3339
from streams.row import Lead
from streams.stage import LADDER, RUNG

Key = tuple[str, ...]
"""The counter's family first, then its labels."""
MONTH = "month"
LEADS = "leads"


def counted(lead: Lead, fact: f.Fact, at: int) -> Iterator[tuple[Key, int]]:
    """What this fact adds to which counters; stage entries count in the month in which they happened too."""
    count = COUNT.get(type(fact))
    if count:
        yield from count(lead, fact, at)


def _entered(stage: str, source: str, at: int) -> Iterator[tuple[Key, int]]:
    yield ("stage_entered", stage, source), 1
    yield (MONTH, rfc3339(at)[:7], stage, source), 1
    yield (LEADS, stage), 1


def _arrived(lead: Lead, _: f.Arrived, at: int) -> Iterator[tuple[Key, int]]:
    yield from _entered("visitor", lead.source, at)


def _moved(lead: Lead, fact: f.StageMoved, at: int) -> Iterator[tuple[Key, int]]:
    yield (LEADS, fact.from_stage), -1
    yield from _entered(fact.to_stage, lead.source, at)
    for stage in fact.passed:
        yield ("conversions", LADDER[RUNG[stage] - 1], stage), 1


def _attempted(_: Lead, fact: f.Attempted, __: int) -> Iterator[tuple[Key, int]]:
    yield ("attempts", fact.channel, fact.outcome), 1
    if fact.answers:
        yield ("attempts_to_answer", str(fact.number)), 1


COUNT: Mapping[type, Callable[[Lead, Any, int], Iterator[tuple[Key, int]]]] = {
    f.Arrived: _arrived,
    f.StageMoved: _moved,
    f.Attempted: _attempted,
    f.HandedOver: lambda _, fact, __: iter([(("handoffs", fact.trigger), 1)]),
    f.Returned: lambda _, fact, __: iter([(("returns", fact.reason), 1)]),
    f.DeadlineEnded: lambda _, fact, __: iter([(("deadlines", fact.outcome), 1)]),
    f.Qualified: lambda _, fact, __: iter([(("attempts_to_yes", str(fact.attempts)), 1)]),
}


class Counts:
    """The counters of one lane, and which of their rows changed since they were last written."""

    def __init__(self) -> None:
        self.totals: dict[Key, int] = {}
        self.changed: set[bytes] = set()
        self._rows: dict[bytes, dict[Key, int]] = {}

    def add(self, key: Key, number: int = 1) -> None:
        """Count."""
        name = row_name(key)
        row = self._rows.setdefault(name, {})
        row[key] = self.totals[key] = self.totals.get(key, 0) + number
        self.changed.add(name)

    def restore(self, name: bytes, counts: Mapping[str, int]) -> None:
        """Take a row that was written before."""
        row = {tuple(key.split("|")): number for key, number in counts.items()}
        self._rows[name] = row
        self.totals.update(row)

    def row(self, name: bytes) -> dict[str, int]:
        """What is written into the row of that name."""
        return {"|".join(key): number for key, number in self._rows[name].items()}


def row_name(key: Key) -> bytes:
    """The row in which a counter is kept: one a month, so that old months rest, and one for all others."""
    return b"\x00month:" + key[1].encode() if key[0] == MONTH else b"\x00counts"
