"""The agreement compiled for speed: rules are indexed by activity, patterns are made once, names are resolved."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from holidays import HolidayBase, country_holidays, list_supported_countries

from schemas.agreement import Agreement, FitRule, InterestRule
from schemas.agreement import Hours as HoursSection
from schemas.envelope import EPOCH, MILLISECOND
from schemas.mistakes import Mistake, Mistaken
from streams.hours import DAYS, WorkingHours

MINUTE_MS = 60_000
OTHER = "other"
"""The source of a lead whose own is not in the agreement's list."""
CEILING_MAX = 10_000
"""The ceiling of what has none in the agreement; the highest that it could have."""

Test = Callable[[Any], bool]


class InterestTerm(NamedTuple):
    """A rule of interest: `matches` looks at the activity's data, `ceiling` is the most it gives, or takes off."""

    name: str
    group: str
    points: int
    ceiling: int
    matches: Test | None
    """None when every activity of the kind matches."""


@dataclass(frozen=True, slots=True)
class FitTerm:
    """A rule of fit: `matches` looks at the value of `field` in the profile."""

    name: str
    group: str
    points: int
    field: str
    matches: Test


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the agreement, ready to decide with. Durations are in ms, ceilings and scores in points."""

    number: int
    name: str
    effective_at: int
    sources: frozenset[str]
    lead_score: int
    fit: tuple[FitTerm, ...]
    fit_ceiling: int
    fit_groups: Mapping[str, int]
    interest: Mapping[str, tuple[InterestTerm, ...]]
    interest_ceiling: int
    interest_groups: Mapping[str, int]
    group_of: Mapping[str, str]
    """Group by rule of interest."""
    handoff_score: int
    fit_min: int
    conversions: frozenset[str]
    response_ms: int
    attempts_max: int
    grace_ms: int
    hours: WorkingHours
    again_points: int
    reasons: Mapping[str, str]
    tracks: frozenset[str]
    stage_tracks: Mapping[str, str]
    remember: int


def compiled(agreement: Agreement) -> Terms:
    """The terms of an agreement.

    Raises:
        Mistaken: The country of the holidays is unknown.
    """
    rules = agreement.interest.rules
    return Terms(
        number=agreement.agreement.number,
        name=agreement.agreement.name,
        effective_at=(agreement.agreement.effective_from - EPOCH) // MILLISECOND,
        sources=frozenset(agreement.agreement.sources),
        lead_score=agreement.definitions.lead_score,
        fit=tuple(_fit(rule) for rule in agreement.fit.rules),
        fit_ceiling=agreement.fit.ceiling,
        fit_groups={"": CEILING_MAX, **agreement.fit.groups},
        interest={kind: tuple(_interest(rule) for rule in rules if rule.on == kind) for kind in {r.on for r in rules}},
        interest_ceiling=agreement.interest.ceiling,
        interest_groups={"": CEILING_MAX, **agreement.interest.groups},
        group_of={rule.name: rule.group for rule in rules},
        handoff_score=agreement.handoff.score,
        fit_min=agreement.handoff.fit_min,
        conversions=frozenset(agreement.handoff.conversions),
        response_ms=round(agreement.pursuit.response_hours * 60 * MINUTE_MS),
        attempts_max=agreement.pursuit.attempts_max,
        grace_ms=agreement.pursuit.grace_minutes * MINUTE_MS,
        hours=_hours(agreement.hours),
        again_points=agreement.return_.again_points,
        reasons=agreement.return_.reasons,
        tracks=frozenset(agreement.nurture.tracks),
        stage_tracks={str(stage): track for stage, track in agreement.nurture.stages.items()},
        remember=agreement.duplicates.remember,
    )


def _fit(rule: FitRule) -> FitTerm:
    if rule.one_of:
        words = frozenset(word.casefold() for word in rule.one_of)
        return FitTerm(rule.name, rule.group, rule.points, rule.field, lambda value: value.casefold() in words)
    low = 1 if rule.min is None else rule.min
    high = inf if rule.max is None else rule.max
    return FitTerm(rule.name, rule.group, rule.points, rule.field, lambda value: low <= value <= high)


def _interest(rule: InterestRule) -> InterestTerm:
    ceiling = CEILING_MAX if rule.ceiling is None else rule.ceiling
    return InterestTerm(rule.name, rule.group, rule.points, ceiling, _all(rule))


def _all(rule: InterestRule) -> Test | None:
    tests = [_test(field, wanted) for field, wanted in rule.where.items()]
    if len(tests) < 2:  # noqa: PLR2004  none or one, without a loop for it
        return tests[0] if tests else None
    return lambda data: all(test(data) for test in tests)


def _test(field: str, wanted: str | float | bool | list[str]) -> Test:  # noqa: FBT001  a value of the file
    """Whether the field is the wanted value; texts are compared without case, `*` stands for any text."""
    if isinstance(wanted, int | float):
        return lambda data: getattr(data, field) == wanted
    words = [wanted] if isinstance(wanted, str) else wanted
    pattern = "|".join(".*".join(re.escape(piece) for piece in word.split("*")) for word in words)
    matches = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch
    piece = words[0].lower()[1:-1]
    if [f"*{piece}*"] == [word.lower() for word in words] and "*" not in piece and piece.isascii():
        return _has(field, piece, matches)
    return lambda data: matches(str(getattr(data, field))) is not None


def _has(field: str, piece: str, matches: Callable[[str], object]) -> Test:
    """What most patterns ask for: a piece of plain letters, which is found in a third of the time."""

    def test(data: Any) -> bool:
        text = str(getattr(data, field))
        return piece in text.lower() if text.isascii() else matches(text) is not None

    return test


def _hours(section: HoursSection) -> WorkingHours:
    if section.holidays and section.holidays not in list_supported_countries():
        wrong = f"no public holidays are known for {section.holidays!r}"
        raise Mistaken([Mistake(0, "hours.holidays", wrong, 'an ISO 3166-1 code like "DE", or "" for none')])
    free = country_holidays(section.holidays) if section.holidays else HolidayBase()
    days = frozenset(DAYS.index(day) for day in section.days)
    return WorkingHours(ZoneInfo(section.zone), days, _minute(section.from_), _minute(section.to), free)


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
