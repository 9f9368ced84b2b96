"""Of what a lead's interest is made now, kept beside its row for a while: so that only what changed is found anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Self


@dataclass(slots=True)
class Sums:
    """What rules give by group, before ceilings; `given` is what these leave; `off` is taken off, and in no group."""

    group_of: Mapping[str, str]
    ceilings: Mapping[str, int]
    groups: dict[str, int]
    given: int
    off: int

    @classmethod
    def of(cls, parts: Iterable[tuple[str, int]], group_of: Mapping[str, str], ceilings: Mapping[str, int]) -> Self:
        """The sums of these points, each with its rule; groups stand in the order in which they come."""
        groups: dict[str, int] = {}
        off = 0
        for rule, points in parts:
            if points < 0:
                off += points
            else:
                group = group_of.get(rule, "")
                groups[group] = groups.get(group, 0) + points
        given = 0
        for group, points in groups.items():
            ceiling = ceilings[group]
            given += points if points < ceiling else ceiling  # noqa: FURB136  at each lead that is unpacked
        return cls(group_of, ceilings, groups, given, off)

    def enter(self, rule: str, before: int, after: int) -> None:
        """A rule gives so much in place of what it gave."""
        if before < 0:
            self.off -= before
            before = 0
        if after < 0:
            self.off += after
            after = 0
        if after != before:
            group = self.group_of.get(rule, "")
            had, ceiling = self.groups.get(group, 0), self.ceilings[group]
            has = self.groups[group] = had + after - before
            self.given += (has if has < ceiling else ceiling) - (had if had < ceiling else ceiling)  # noqa: FURB136

    def copy(self) -> "Sums":
        """The same, to be changed apart."""
        return Sums(self.group_of, self.ceilings, dict(self.groups), self.given, self.off)

    def within(self, most: int) -> int:
        """All of it, when the groups together give no more than `most`."""
        return (self.given if self.given < most else most) + self.off  # noqa: FURB136


@dataclass(slots=True)
class Tally:
    """Of what interest is made at an instant.

    Attributes:
        book: By these rules; what they give because something did not happen is not in it.
        at: From this instant.
        until: Up to this instant; then time changes what hits give.
        points: What each rule gives by its hits.
        lowering: Rules of which a hit takes points off.
        stale: Rules whose hits have changed since.
        sums: What the ledger and hits give together.
    """

    book: object
    at: int
    until: float = inf
    points: dict[str, int] = field(default_factory=dict)
    lowering: frozenset[str] = frozenset()
    stale: frozenset[str] = frozenset()
    sums: Sums = field(init=False)
