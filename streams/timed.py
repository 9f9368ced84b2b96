"""Rules of interest whose points depend on when things happened: limits, windows, occurrences, fading.

What is remembered of such a rule is its *hits*; what they give is a function of the hits and of now, so that neither
the order in which they arrive nor when somebody looks can change it.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from operator import itemgetter
from typing import Any, NamedTuple

from schemas.words import TIMES_MAX
from streams.match import Test

HITS_MAX = TIMES_MAX
"""A rule remembers so many of a lead's hits; of older ones it remembers what they gave, or forgets them."""
Period = Callable[[int], int]
"""Which calendar period an instant lies in."""
Fade = Callable[[int], Sequence[int]]
"""The ages (ms) at which points, so many at first, lose one more."""


class Span(NamedTuple):
    """From an instant up to another (ms since the epoch)."""

    start: float
    end: float


Hit = tuple[int, int, str, str, str]
"""A rule was met: points, at, cause, detail, and the value that it counts once for each of, empty when it counts every
time. A plain tuple, as JSON writes and reads it at each event."""


class Share(NamedTuple):
    """What a hit gives now; without a hit, what a rule gives because nothing happened since `at`."""

    hit: Hit | None
    points: int
    at: int


@dataclass(frozen=True, slots=True)
class Timed:
    """A rule whose points depend on time. Durations are in ms; 0 or None is for what it does not ask.

    Attributes:
        span: When what happens counts; None for always.
        value: Gives what it counts once for each of.
        most: So many hits count in one period, which is of the calendar (`period`) or rolling (`rolling_ms`).
        limit_ms: The longest that one of these periods lasts.
        within_ms: Only hits younger than this count.
        least: So many hits at least must count; then the rule gives its points once.
        highest: So many hits at most; then the rule gives its points once, and also when there is no hit at all.
        fade: How points fade with age.
    """

    name: str
    points: int
    ceiling: int
    matches: Test | None
    span: Span | None
    value: Callable[[Any], str] | None
    most: int
    period: Period | None
    rolling_ms: int
    limit_ms: int
    within_ms: int
    least: int
    highest: int | None
    fade: Fade | None
    again: bool
    """Whether it counts only for leads that went back to marketing."""
    silent: bool
    """Whether it asks that nothing at all happened, which the lead's last activity tells without any hit."""
    daily: bool
    """Whether it adds up, but for what a daily ceiling leaves of its hits (`streams.daily`)."""
    occurring: bool
    """Whether it gives its points once, for how often something happened."""
    passing: bool
    """Whether a hit ceases to count by itself."""
    kept_ms: float
    """For so long at least a hit is not `done`."""


def shares(term: Timed, hits: Sequence[Hit], settled: int, since: int, now: int) -> list[Share]:
    """What the rule gives now, hit by hit, oldest first, within its ceiling.

    Args:
        term: The rule.
        hits: Its hits, as they happened, none later than now.
        settled: Points that it gave for hits which are not remembered any more.
        since: When the lead was first seen; for silence, when it was active last.
        now: The instant.
    """
    live = _live(term, hits, now)
    if term.occurring:
        found = _occurred(term, live, since, now)
    else:
        found = [Share(hit, _left(term, hit, now), hit[1]) for hit in live]
    room = max(term.ceiling - abs(settled), 0)
    cut = []
    for share in reversed(found):
        points = max(-room, min(room, share.points))
        room -= abs(points)
        cut.append(share._replace(points=points))
    return cut[::-1]


def total(term: Timed, hits: Sequence[Hit], settled: int, since: int, now: int) -> int:
    """What the rule gives now in all: the sum of its shares, without making them."""
    if len(hits) < term.least:
        return 0
    room = max(term.ceiling - abs(settled), 0) if settled else term.ceiling
    if term.occurring:
        found = _occurred(term, _live(term, hits, now), since, now)
        return max(-room, min(room, found[0].points)) if found else 0
    given = 0
    for hit in hits if len(hits) == 1 else reversed(limited(term, hits)):
        if term.within_ms and now - hit[1] >= term.within_ms:
            break  # so are those before it
        points = hit[0] if term.fade is None else _left(term, hit, now)
        if abs(points) > room:
            points = room if points > 0 else -room
        room -= abs(points)
        given += points
    return given


def alone(term: Timed, hit: Hit, settled: int, now: int) -> tuple[int, float]:
    """What the rule gives now for its only hit, and up to when: most rules have one, and this is asked at each event.

    The same as `total` and `until` find, for a rule without `highest`.
    """
    if term.least > 1:
        return 0, inf
    points, at, _, _, _ = hit
    end = inf
    if term.within_ms:
        end = at + term.within_ms
        if now >= end:
            return 0, inf
    if term.fade is not None:
        ages = term.fade(abs(points))
        gone = bisect_right(ages, now - at)
        points = points - gone if points > 0 else points + gone
        if gone < len(ages) and at + ages[gone] < end:
            end = at + ages[gone]
    room = max(term.ceiling - abs(settled), 0) if settled else term.ceiling
    if abs(points) > room:
        points = room if points > 0 else -room
    return points, end


def by_time(hits: Iterable[Hit]) -> list[Hit]:
    """The hits as they happened."""
    return sorted(hits, key=_when)


def inserted(hits: Sequence[Hit], hit: Hit) -> list[Hit]:
    """The hits and one more, as they happened."""
    more = list(hits)
    insort(more, hit, key=_when)
    return more


_when = itemgetter(1, 3)


def _live(term: Timed, hits: Sequence[Hit], now: int) -> Sequence[Hit]:
    """The hits that count and are not over yet."""
    counted = limited(term, hits)
    return [hit for hit in counted if not over(term, hit, now)] if term.passing else counted


def done(term: Timed, hit: Hit, now: int) -> bool:
    """Whether this hit will never count again, nor keep others from counting."""
    return over(term, hit, now) and now - hit[1] >= term.limit_ms


def over(term: Timed, hit: Hit, now: int) -> bool:
    """Whether this hit will never count again."""
    points, at, *_ = hit
    age = now - at
    if term.within_ms and age >= term.within_ms:
        return True
    return term.fade is not None and age >= term.fade(abs(points))[-1]


def limited(term: Timed, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Those that the limits leave: the last of each value, the first so many of each period."""
    if len(hits) < 2:  # noqa: PLR2004  which no limit is about, and most rules have
        return hits
    if term.value is not None:
        last = {hit[4]: hit for hit in hits}
        hits = by_time(last.values()) if len(last) < len(hits) else hits
    if not term.most or len(hits) <= term.most:
        return hits
    if term.period is None:
        return _rolling(hits, term.most, term.rolling_ms)
    counted: dict[int, int] = defaultdict(int)
    left = []
    for hit in hits:
        period = term.period(hit[1])
        counted[period] += 1
        if counted[period] <= term.most:
            left.append(hit)
    return left


def _rolling(hits: Sequence[Hit], most: int, span_ms: int) -> list[Hit]:
    left: list[Hit] = []
    for hit in hits:
        if len(left) < most or hit[1] - left[-most][1] >= span_ms:
            left.append(hit)
    return left


def _occurred(term: Timed, live: Sequence[Hit], since: int, now: int) -> list[Share]:
    """The points once, when there are as many hits as the rule asks for."""
    if len(live) < term.least or (term.highest is not None and len(live) > term.highest):
        return []
    if not live and now - since < term.within_ms:
        return []  # nobody knows what the lead did before it was seen
    if not live:
        return [Share(None, term.points, now - term.within_ms)]
    last = live[-1]
    return [Share(last, _left(term, last, now), last[1])]


def _left(term: Timed, hit: Hit, now: int) -> int:
    """What has not faded of a hit's points."""
    points, at, *_ = hit
    if term.fade is None:
        return points
    gone = bisect_right(term.fade(abs(points)), now - at)
    return points - gone if points > 0 else points + gone


def until(term: Timed, hits: Iterable[Hit], now: int) -> float:
    """The first instant after now at which what the rule gives for these hits may change."""
    first = inf
    for points, at, _, _, _ in hits if term.passing else ():
        age = now - at
        if age < term.within_ms < first - at:
            first = at + term.within_ms
        if term.fade is not None:
            ages = term.fade(abs(points))
            left = bisect_right(ages, age)
            if left < len(ages) and ages[left] < first - at:
                first = at + ages[left]
    return first


def changes(term: Timed, hits: Iterable[Hit], since: int) -> Iterator[int]:
    """The instants at which what the rule gives may change, if nothing happens."""
    if term.highest is not None:  # known for long enough to say that it did nothing
        yield since + term.within_ms
    for points, at, *_ in hits:
        if term.within_ms:
            yield at + term.within_ms
        if term.fade is not None:
            yield from [at + age for age in term.fade(abs(points))]
