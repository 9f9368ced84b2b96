"""Puts the histories of many leads into one order of time, lazily, so that a long history needs little memory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from schemas.codec import BY_CONTRACT
from schemas.envelope import EPOCH, Envelope

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
EPOCH_WEEKDAY = EPOCH.weekday()

AT: Callable[[Envelope], int] = attrgetter("at")
Happening = tuple[int, str, dict[str, Any]]
"""When (ms since the epoch), event type, data."""
Histories = Iterable[tuple[int, Iterable[Envelope]]]
"""`(begin, events)` for each lead, in order of `begin`: no event is before its day."""


def in_order(histories: Histories) -> Iterator[Envelope]:
    """All events in order of time (ms since the epoch); those of the same instant in the order they came in.

    Each day is sorted and given out as soon as no later history can touch it.
    """
    days: defaultdict[int, list[Envelope]] = defaultdict(list)
    today = 0
    for begin, events in histories:
        if begin // DAY_MS > today:
            today = begin // DAY_MS
            yield from _before(days, today)
        for event in events:
            days[event.at // DAY_MS].append(event)
    yield from _before(days, max(days, default=0) + 1)


def _before(days: dict[int, list[Envelope]], today: int) -> Iterator[Envelope]:
    for day in sorted(day for day in days if day < today):
        yield from sorted(days.pop(day), key=AT)


def type_of(contract: type[object]) -> str:
    """The event type of a contract."""
    return BY_CONTRACT[contract].type


def numbered(lead: str, mark: str, source: str, events: Iterable[Happening]) -> list[Envelope]:
    """A lead's events with the ids `lead-1`, `lead-2` and so on, the number after the mark of who numbers them."""
    return [Envelope(f"{lead}-{mark}{n}", source, kind, lead, at, data) for n, (at, kind, data) in enumerate(events, 1)]


def weekday(day: int) -> int:
    """The weekday of a day since the epoch; 0 is Monday."""
    return (day + EPOCH_WEEKDAY) % 7
