"""The rules of interest compiled: by activity, those that add up apart from those whose points depend on time."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from math import ceil, inf, log2
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from schemas.envelope import EPOCH, MILLISECOND
from schemas.rules import Decay, InterestRule
from schemas.sense_interest import ANY, crossed, depends_on_time, keeps_days, kinds_of
from streams.match import Test, activity_test, remembering
from streams.timed import Fade, Period, Span, Timed

CEILING_MAX = 10_000
"""The ceiling of what has none in the agreement; the highest that it could have."""
MINUTE, MINUTE_MS = timedelta(minutes=1), 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MONTH_MS = 30 * DAY_MS
VALUES_MAX = 5000
"""The rules that are met are remembered for so many values of an activity's fields."""
VALUE_MAX = 120
"""Characters of a value that is counted once; those of longer ones that begin alike are taken for the same."""


class InterestTerm(NamedTuple):
    """A rule that adds up: `matches` looks at the activity's data, `ceiling` is the most it gives, or takes off."""

    name: str
    group: str
    points: int
    ceiling: int
    matches: Test | None
    """None when every activity of the kind matches."""
    span: Span | None
    """When what happens counts; None for always."""


class Met(NamedTuple):
    """The rules whose conditions an activity meets; `first` are the timed ones but for those of who comes back."""

    plain: tuple[InterestTerm, ...]
    timed: tuple[Timed, ...]
    first: tuple[Timed, ...]


NONE_MET = Met((), (), ())


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of interest.

    Attributes:
        plain: Rules that add up, by activity.
        timed: Rules whose points depend on time, by activity; without those that need no hits.
        asking: Gives the rules that an activity's data meets, by activity.
        by_name: All that depend on time, by name.
        watching: Of those, the ones that count what did not happen.
        quiet_ms: So long after a lead's last activity none of these gives anything yet.
        lifting: Whether one of these gives points for it, so that time alone can raise interest without any hit.
        group_of: The group of each rule.
        apart: Whether rules count for different scores by name: then points are cut by their rule's own ceiling when
            they are given, and by those of groups and of interest when interest is rated, for each score apart.
        rated: Whether interest is more than the sum of what was given: for this, or because rules depend on time.
        daily: The most that an activity gives in a day, where its rules add up.
        crossed: The same where other ceilings cut across that, so that its rules keep hits (`streams.daily`).
        day_of: Which day an instant lies in.
    """

    plain: Mapping[str, tuple[InterestTerm, ...]]
    timed: Mapping[str, tuple[Timed, ...]]
    asking: Mapping[str, Callable[[Any], Met]]
    by_name: Mapping[str, Timed]
    watching: tuple[Timed, ...]
    quiet_ms: float
    lifting: bool
    group_of: Mapping[str, str]
    apart: bool
    rated: bool
    daily: Mapping[str, int]
    crossed: Mapping[str, int]
    day_of: Period

    def met(self, kind: str, data: object) -> Met:
        """The rules that an activity meets."""
        asking = self.asking.get(kind)
        return asking(data) if asking else NONE_MET


def rulebook(rules: Sequence[InterestRule], daily: Mapping[str, int], zone: ZoneInfo) -> Rulebook:
    """Compile the rules; calendar periods are those of the zone."""
    plain: dict[str, list[InterestTerm]] = defaultdict(list)
    timed: dict[str, list[Timed]] = defaultdict(list)
    by_name: dict[str, Timed] = {}
    fields: dict[str, dict[str, None]] = defaultdict(dict)
    across, apart = crossed(rules, daily), len({rule.score for rule in rules}) > 1
    for rule in rules:
        for kind in kinds_of(rule.on):
            fields[kind] |= dict.fromkeys(rule.where)
        if not depends_on_time(rule) and not keeps_days(rule, across):
            _add(plain, rule, _plain(rule))
            continue
        term = by_name[rule.name] = _timed(rule, zone)
        if not term.silent:
            _add(timed, rule, term)
    watching = tuple(term for term in by_name.values() if term.highest is not None)
    return Rulebook(
        plain=_fixed(plain),
        timed=_fixed(timed),
        asking={kind: _asking(plain.get(kind, ()), timed.get(kind, ()), list(asked)) for kind, asked in fields.items()},
        by_name=by_name,
        watching=watching,
        quiet_ms=min((term.within_ms if term.silent else 0 for term in watching), default=inf),
        lifting=any(term.points > 0 for term in watching),
        group_of={rule.name: rule.group for rule in rules},
        apart=apart,
        rated=apart or bool(by_name),
        daily={kind: points for kind, points in daily.items() if kind not in across},
        crossed={kind: points for kind, points in daily.items() if kind in across},
        day_of=PERIODS["day"](zone),
    )


def _asking(plain: Sequence[InterestTerm], timed: Sequence[Timed], fields: Sequence[str]) -> Callable[[Any], Met]:
    """Which of these rules are met: remembered by the values of the fields that they look at."""

    def met(data: Any) -> Met:
        theirs = tuple(term for term in timed if term.matches is None or term.matches(data))
        return Met(
            tuple(term for term in plain if term.matches is None or term.matches(data)),
            theirs,
            tuple(term for term in theirs if not term.again),
        )

    if not fields:
        everything = met(None)
        return lambda _: everything
    return remembering(met, attrgetter(*fields), VALUES_MAX)


def _add(terms: dict[str, list[Any]], rule: InterestRule, term: object) -> None:
    for kind in kinds_of(rule.on):
        terms[kind].append(term)


def _fixed(terms: Mapping[str, list[Any]]) -> Mapping[str, tuple[Any, ...]]:
    return {kind: tuple(theirs) for kind, theirs in terms.items()}


def _plain(rule: InterestRule) -> InterestTerm:
    ceiling = rule.ceiling or CEILING_MAX
    return InterestTerm(rule.name, rule.group, rule.points, ceiling, activity_test(rule), _span(rule))


def _timed(rule: InterestRule, zone: ZoneInfo) -> Timed:
    times, within_ms = rule.times, _days(rule.within_days)
    limit_ms = max(_days(rule.per_days), LONGEST_MS.get(rule.per or "", 0))
    fade = _fade(rule.decay) if rule.decay else None
    return Timed(
        name=rule.name,
        points=rule.points,
        ceiling=rule.ceiling or CEILING_MAX,
        matches=activity_test(rule),
        span=_span(rule),
        value=_value(rule),
        most=rule.at_most or 0,
        period=PERIODS[rule.per](zone) if rule.per else None,
        rolling_ms=_days(rule.per_days),
        limit_ms=limit_ms,
        within_ms=within_ms,
        least=(times.min or 0) if times else 0,
        highest=times.max if times else None,
        fade=fade,
        again=rule.only == "returned",
        silent=_silent(rule),
        daily=not depends_on_time(rule),
        occurring=times is not None and (times.min is not None or times.max is not None),
        passing=within_ms > 0 or fade is not None,
        kept_ms=max(limit_ms, min(within_ms or inf, fade(1)[-1] if fade else inf)),  # more points fade no sooner
    )


def _silent(rule: InterestRule) -> bool:
    """Whether the rule asks that nothing at all happened within so many days."""
    whatever = rule.on == ANY and not rule.where and rule.only == "everybody" and rule.from_ is None and rule.to is None
    return whatever and rule.decay is None and rule.times is not None and rule.times.max == 0


def _days(days: float | None) -> int:
    return round((days or 0) * DAY_MS)


def _value(rule: InterestRule) -> Callable[[Any], str] | None:
    if rule.once or (rule.times and rule.times.max == 0):  # that nothing happened is told by the last time alone
        return lambda _: "once"
    if not rule.once_per:
        return None
    field = attrgetter(rule.once_per)
    return lambda data: str(field(data))[:VALUE_MAX] or "none"


def _span(rule: InterestRule) -> Span | None:
    if rule.from_ is None and rule.to is None:
        return None
    return Span(_instant(rule.from_, 0), _instant(rule.to, inf))


def _instant(when: datetime | None, otherwise: float) -> float:
    return otherwise if when is None else (when - EPOCH) // MILLISECOND


@lru_cache(maxsize=10_000)
def _date(minute: int, zone: ZoneInfo) -> date:
    return (EPOCH + minute * MINUTE).astimezone(zone).date()


PERIODS: Mapping[str, Callable[[ZoneInfo], Period]] = {
    "hour": lambda _: lambda at: at // HOUR_MS,
    "day": lambda zone: lambda at: _date(at // MINUTE_MS, zone).toordinal(),
    "week": lambda zone: lambda at: (_date(at // MINUTE_MS, zone).toordinal() - 1) // 7,
    "month": lambda zone: lambda at: _date(at // MINUTE_MS, zone).year * 12 + _date(at // MINUTE_MS, zone).month,
}
"""The periods of a calendar. Day 1 of the proleptic calendar is a Monday."""


LONGEST_MS: Mapping[str, int] = {"hour": HOUR_MS, "day": 25 * HOUR_MS, "week": 169 * HOUR_MS, "month": 745 * HOUR_MS}
"""How long a period lasts at most, an hour of winter time included."""


def _fade(decay: Decay) -> Fade:
    """The ages at which points are lost, one by one: to whole seconds, so that every machine finds the same."""
    if decay.percent_a_month is not None:
        whole_ms = MONTH_MS * 100 / decay.percent_a_month
        return cache(lambda points: [ceil(whole_ms * (lost + 1) / points) for lost in range(points)])
    half_ms = (decay.half_life_days or 1) * DAY_MS
    return cache(
        lambda points: [round(half_ms * log2(points / (points - lost - 0.5)) / 1000) * 1000 for lost in range(points)]
    )
