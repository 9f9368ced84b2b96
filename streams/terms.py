"""The agreement compiled for speed: rules are indexed by activity, patterns are made once, names are resolved."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from holidays import HolidayBase, country_holidays, list_supported_countries

from schemas.agreement import Agreement, Exclusion
from schemas.agreement import Hours as HoursSection
from schemas.bounds import Stage
from schemas.envelope import EPOCH, MILLISECOND
from schemas.groups import BuyingGroups, NamedScore, percent
from schemas.mistakes import Mistake, Mistaken
from schemas.rules import FitRule
from schemas.sense import SALES_MOVES
from streams.grading import Grid, Rating, grid, rating
from streams.hours import DAYS, WorkingHours
from streams.match import Test, profile_test, word_test
from streams.rulebook import CEILING_MAX, Rulebook, rulebook

MINUTE_MS = 60_000
OTHER = "other"
"""The source of a lead whose own is not in the agreement's list."""


@dataclass(frozen=True, slots=True)
class FitTerm:
    """A rule of fit: `matches` looks at the value of `field` in the profile, None when it was never told."""

    name: str
    group: str
    points: int
    field: str
    matches: Test


@dataclass(frozen=True, slots=True)
class ExclusionTerm:
    """Who is never handed over: `matches` looks at the value of `field` in the profile, None when never told."""

    name: str
    field: str
    matches: Test


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A score of its own: from which points on it hands over, and the rules that count for other ones alone."""

    handoff: int
    others: frozenset[str]
    others_of_fit: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoleTerm:
    """A role in buying groups, with its weight in percent."""

    name: str
    field: str
    matches: Test
    weight: int


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """What makes a buying group: see `schemas.groups`. Weights are in percent."""

    account: str
    lines: tuple[str, ...]
    roles: tuple[RoleTerm, ...]
    required: tuple[str, ...]
    others: int
    member_ceiling: int
    score: int | None
    completeness: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of the agreement, ready to decide with. Durations are in ms, ceilings and scores in points."""

    number: int
    name: str
    effective_at: int
    rescore: str
    sources: frozenset[str]
    lead_score: int
    fit: tuple[FitTerm, ...]
    fit_ceiling: int
    fit_groups: Mapping[str, int]
    interest: Rulebook
    interest_ceiling: int
    interest_groups: Mapping[str, int]
    exclusions: tuple[ExclusionTerm, ...]
    unscored: frozenset[str]
    """Exclusions whose leads are given no points."""
    grid: Grid | None
    rating: Rating | None
    named: Mapping[str, NamedTerm]
    groups: GroupTerms | None
    handoff_score: int
    fit_min: int
    interest_min: int
    conversions: frozenset[str]
    rests_ms: Mapping[str, int]
    """After a handoff by `points` or by a `conversion`, so long none by the same."""
    falls: str
    response_ms: int
    attempts_max: int
    grace_ms: int
    hours: WorkingHours
    moves: Mapping[Stage, frozenset[Stage]]
    """Where sales may move a lead from each stage."""
    again_points: int
    resets: bool
    """Whether a lead that goes back loses its points of interest."""
    pause_ms: int
    reasons: Mapping[str, str]
    tracks: frozenset[str]
    stage_tracks: Mapping[str, str]
    remember: int
    before: "Terms | None" = None
    """The version that this one follows."""

    def then(self, at: int) -> "Terms":
        """The version that was in force at this instant, among this one and those before."""
        terms = self
        while terms.before is not None and at < terms.effective_at:
            terms = terms.before
        return terms

    def numbered(self, number: int) -> "Terms | None":
        """The version of this number, among this one and those before."""
        terms: Terms | None = self
        while terms is not None and terms.number != number:
            terms = terms.before
        return terms


def compiled(agreement: Agreement) -> Terms:
    """The terms of an agreement.

    Raises:
        Mistaken: The country of the holidays is unknown.
    """
    return Terms(
        number=agreement.agreement.number,
        name=agreement.agreement.name,
        effective_at=(agreement.agreement.effective_from - EPOCH) // MILLISECOND,
        rescore=agreement.agreement.rescore,
        sources=frozenset(agreement.agreement.sources),
        lead_score=agreement.definitions.lead_score,
        fit=tuple(_fit(rule) for rule in agreement.fit.rules),
        fit_ceiling=agreement.fit.ceiling,
        fit_groups={"": CEILING_MAX, **agreement.fit.groups},
        interest=rulebook(agreement.interest.rules, agreement.interest.daily, ZoneInfo(agreement.hours.zone)),
        interest_ceiling=agreement.interest.ceiling,
        interest_groups={"": CEILING_MAX, **agreement.interest.groups},
        exclusions=tuple(_exclusion(each) for each in agreement.exclusions),
        unscored=frozenset(each.name for each in agreement.exclusions if not each.scored),
        grid=grid(agreement.grid) if agreement.grid else None,
        rating=rating(agreement.rating) if agreement.rating else None,
        named={each.name: _named(each, agreement) for each in agreement.scores},
        groups=_groups(agreement.groups) if agreement.groups else None,
        handoff_score=agreement.handoff.score,
        fit_min=agreement.handoff.fit_min,
        interest_min=agreement.handoff.interest_min,
        conversions=frozenset(agreement.handoff.conversions),
        rests_ms={why: round(days * 24 * 60 * MINUTE_MS) for why, days in agreement.handoff.once_in_days.items()},
        falls=agreement.handoff.falls,
        response_ms=round(agreement.pursuit.response_hours * 60 * MINUTE_MS),
        attempts_max=agreement.pursuit.attempts_max,
        grace_ms=agreement.pursuit.grace_minutes * MINUTE_MS,
        hours=_hours(agreement.hours),
        moves={**SALES_MOVES, **{stage: frozenset(to) for stage, to in agreement.definitions.moves.items()}},
        again_points=agreement.return_.again_points,
        resets=agreement.return_.interest == "reset",
        pause_ms=round(agreement.return_.pause_days * 24 * 60 * MINUTE_MS),
        reasons=agreement.return_.reasons,
        tracks=frozenset(agreement.nurture.tracks),
        stage_tracks={str(stage): track for stage, track in agreement.nurture.stages.items()},
        remember=agreement.duplicates.remember,
    )


def _fit(rule: FitRule) -> FitTerm:
    return FitTerm(rule.name, rule.group, rule.points, rule.field, profile_test(rule))


def _named(score: NamedScore, agreement: Agreement) -> NamedTerm:
    others = {"", score.name}
    return NamedTerm(
        score.handoff,
        frozenset(rule.name for rule in agreement.interest.rules if rule.score not in others),
        frozenset(rule.name for rule in agreement.fit.rules if rule.score not in others),
    )


def _groups(section: BuyingGroups) -> GroupTerms:
    return GroupTerms(
        account=section.account,
        lines=tuple(section.lines),
        roles=tuple(
            RoleTerm(role.name, role.field, word_test(role.one_of), percent(role.weight)) for role in section.roles
        ),
        required=tuple(role.name for role in section.roles if role.required),
        others=percent(section.others),
        member_ceiling=section.member_ceiling,
        score=section.score,
        completeness=section.completeness,
    )


def _exclusion(section: Exclusion) -> ExclusionTerm:
    return ExclusionTerm(section.name, section.field, word_test(section.one_of))


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
