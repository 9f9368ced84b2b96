"""Exact counts of what happened: the KPIs of the agreement, counted from facts and kept beside the rows."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from schemas import fact as f
from streams.row import Lead
from streams.stage import LADDER, RUNG

Key = tuple[str, ...]
"""The counter's family first, then its labels."""
MONTH = "month"
LEADS = "leads"


Change = tuple[Key, int]


def _entered(stage: str, source: str, time: str) -> list[Change]:
    return [(("stage_entered", stage, source), 1), ((MONTH, time[:7], stage, source), 1), ((LEADS, stage), 1)]


def _arrived(_: Lead, fact: f.Arrived, time: str) -> list[Change]:
    return _entered("visitor", fact.source, time)


def _moved(lead: Lead, fact: f.StageMoved, time: str) -> list[Change]:
    conversions = [(("conversions", LADDER[RUNG[stage] - 1], stage), 1) for stage in fact.passed]
    return [((LEADS, fact.from_stage), -1), *_entered(fact.to_stage, lead.source, time), *conversions]


def _attempted(_: Lead, fact: f.Attempted, __: str) -> list[Change]:
    answers = [(("attempts_to_answer", str(fact.number)), 1)] if fact.answers else []
    return [(("attempts", fact.channel, fact.outcome), 1), *answers]


def _handed_over(_: Lead, fact: f.HandedOver, __: str) -> list[Change]:
    grades = [(("grades", fact.grade, fact.grade_name.replace("|", "/")), 1)] if fact.grade else []
    ratings = [(("ratings", fact.rating_name), 1)] if fact.rating_name else []
    lines = [(("handoffs_by_line", fact.line), 1)] if fact.line else []
    return [(("handoffs", fact.trigger), 1), *grades, *ratings, *lines]


def _joined(_: Lead, fact: f.Joined, __: str) -> list[Change]:
    left = [((LEADS, fact.from_stage), -1)] if fact.from_stage else []
    return [*left, ((LEADS, fact.stage), 1), (("joined", fact.why), 1)]


COUNT: Mapping[type, Callable[[Lead, Any, str], list[Change]]] = {
    f.Arrived: _arrived,
    f.Transferred: lambda _, fact, __: [((LEADS, fact.stage), -1)],
    f.Joined: _joined,
    f.StageMoved: _moved,
    f.Attempted: _attempted,
    f.HandedOver: _handed_over,
    f.Returned: lambda _, fact, __: [(("returns", fact.reason), 1)],
    f.DeadlineEnded: lambda _, fact, __: [(("deadlines", fact.outcome), 1)],
    f.Qualified: lambda _, fact, __: [(("attempts_to_yes", str(fact.attempts)), 1)],
}
"""What a fact adds to which counters: of its lead, itself and its time in RFC 3339, which begins with the month."""


COUNT_OF_GROUPS: Mapping[type, Callable[[Lead, Any, str], list[Change]]] = {
    kind: count for kind, count in COUNT.items() if kind not in {f.Arrived, f.StageMoved, f.Transferred, f.Joined}
}
"""The same of a buying group: what sales do with it counts, but it is nobody who climbs the funnel."""


class Kept(NamedTuple):
    """Where a counter is kept: under which name in which row."""

    name: str
    row: dict[str, int]
    row_name: bytes


class Counts:
    """The counters of one lane, in rows of its changelog: one row a month, so that old months rest, and one more.

    The row of the counters is written with almost every commit, so a changelog has it many times over: what is restored
    is read when it is first needed, and only the last of each.
    """

    def __init__(self) -> None:
        self._added: dict[Key, int] = {}
        self._totals: dict[Key, int] = {}
        self._shown: Mapping[Key, int] = {}
        self._at_first: Mapping[Key, int] = {}
        self._written: Mapping[Key, int] = {}
        self._places: dict[Key, Kept] = {}
        self._rows: dict[bytes, dict[str, int]] = {}
        self._changed: set[bytes] = set()
        self._restored: dict[bytes, bytes] = {}

    @property
    def totals(self) -> Mapping[Key, int]:
        """The counters as they are now."""
        self._settle()
        return self._totals

    @property
    def shown(self) -> Mapping[Key, int]:
        """The counters as of the last commit; replaced by a commit, never changed."""
        self._settle()
        return self._shown

    @property
    def restored(self) -> Mapping[Key, int]:
        """The counters as they were restored."""
        self._settle()
        return self._at_first

    def add(self, key: Key, number: int = 1) -> None:
        """Count."""
        self._added[key] = self._added.get(key, 0) + number

    def _place(self, key: Key) -> Kept:
        row_name = b"\x00month:" + key[1].encode() if key[0] == MONTH else b"\x00counts"
        place = self._places[key] = Kept("|".join(key), self._rows.setdefault(row_name, {}), row_name)
        return place

    def restore(self, row_name: bytes, row: bytes) -> None:
        """Take a row that was written before."""
        self._restored[row_name] = row

    def _settle(self) -> None:
        for row_name, row in self._restored.items():
            self._rows[row_name] = orjson.loads(row)
            self._totals.update({tuple(name.split("|")): number for name, number in self._rows[row_name].items()})
        if self._restored:
            self._restored.clear()
            self._shown = self._at_first = dict(self._totals)
        for key, number in self._added.items():
            name, counters, row_name = self._places.get(key) or self._place(key)
            counters[name] = self._totals[key] = self._totals.get(key, 0) + number
            self._changed.add(row_name)
        self._added.clear()

    def changes(self) -> list[tuple[bytes, bytes]]:
        """The rows that changed since the last call, by name."""
        self._settle()
        rows = [(name, orjson.dumps(self._rows[name])) for name in sorted(self._changed)]
        self._changed.clear()
        self._written = dict(self._totals)
        return rows

    def committed(self) -> None:
        """The last changes are in the log."""
        self._shown = self._written
