"""When a lane has something to do by itself: deadlines, looks at scores, and messages whose time comes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from schemas.letter import Reminder
from streams.row import Lead

RUNG_MAX = 1000
"""So many alarms ring at once, so that a history fed late holds nobody up; the rest comes with the next look."""


@dataclass(slots=True)
class Alarms:
    """Instants (ms since the epoch) with the keys of the rows that they are set for.

    An alarm is set whenever a row with one is written or restored, and none is taken back: when it rings, the row is
    asked whether it still means it.
    """

    _set: list[tuple[int, bytes]] = field(default_factory=list)

    def set(self, at: int | None, key: bytes) -> None:
        """Ring at this instant; None for never."""
        if at is not None:
            heappush(self._set, (at, key))

    @property
    def next_at(self) -> int | None:
        """The first instant; None when nothing is set."""
        return self._set[0][0] if self._set else None

    def rung(self, until: int, meant: Callable[[bytes], int | None]) -> Iterator[tuple[int, bytes]]:
        """Those that ring until an instant, each row once; `meant` says for when a row means it now."""
        keys: set[bytes] = set()
        while self._set and self._set[0][0] <= until and len(keys) < RUNG_MAX:
            at, key = heappop(self._set)
            if meant(key) == at and key not in keys:
                keys.add(key)
                yield at, key


def reminders(lead: Lead, at: int) -> Iterator[tuple[str, Reminder]]:
    """What a lead is reminded of at this instant, each with its id."""
    number = lead.handoffs
    if lead.due_at == at:
        yield f"reminder-{at}-{number}", Reminder(deadline="response", handoff=number)
    if lead.look_at == at:
        yield f"look-{at}-{number}", Reminder(deadline="score", handoff=number)
