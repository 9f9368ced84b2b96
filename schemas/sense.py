"""Finds what makes no sense in an agreement of the right shape: names that lead nowhere, rules that are dead."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from schemas.activity import Activity, ProfileGiven
from schemas.agreement import Agreement
from schemas.bounds import Stage
from schemas.finding import Finding, between, one_of
from schemas.rules import FitRule, InterestRule
from schemas.sense_grades import grades
from schemas.sense_groups import groups
from schemas.sense_interest import interest

PROFILE: Mapping[str, Any] = {
    field: kind for field, kind in get_type_hints(ProfileGiven).items() if field not in get_type_hints(Activity)
}
"""The fields of a profile, with their types."""

SALES_MOVES: Mapping[Stage, frozenset[Stage]] = {
    "visitor": frozenset({"accepted", "sql", "customer", "disqualified"}),
    "contact": frozenset({"accepted", "sql", "customer", "disqualified"}),
    "lead": frozenset({"accepted", "sql", "customer", "disqualified"}),
    "mql": frozenset({"accepted", "sql", "customer", "disqualified", "lead"}),
    "accepted": frozenset({"sql", "customer", "disqualified", "lead"}),
    "sql": frozenset({"customer", "disqualified", "lead"}),
    "customer": frozenset({"lead"}),
    "disqualified": frozenset({"lead"}),
}
"""What is usual: sales may take a lead on any time, win or disqualify it; a customer who left is a lead again."""
NURTURED: Sequence[Stage] = ("contact", "lead", "customer")
"""The stages that may start a track: a visitor has no name, and what is with sales or disqualified is not nurtured."""


def findings(agreement: Agreement) -> Iterator[Finding]:
    """Everything that makes no sense, section by section."""
    yield from _fit(agreement)
    yield from interest(agreement)
    yield from _names(agreement)
    yield from _exclusions(agreement)
    yield from grades(agreement)
    yield from groups(agreement, PROFILE)
    yield from _times(agreement)
    yield from _tracks(agreement)
    yield from _moves(agreement)


def _fit(agreement: Agreement) -> Iterator[Finding]:
    for number, rule in enumerate(agreement.fit.rules):
        key = f"fit.rules.{number}"
        yield from one_of(f"{key}.field", rule.field, PROFILE)
        yield from one_of(f"{key}.group", rule.group, ("", *agreement.fit.groups))
        if rule.field in PROFILE:
            yield from _condition(key, rule)


def _condition(key: str, rule: FitRule) -> Iterator[Finding]:
    number = PROFILE[rule.field] is int
    ranged = rule.min is not None or rule.max is not None
    if rule.present is not None:
        if ranged or rule.one_of:
            yield Finding(f"{key}.present", "says all that can be said", "leave out one_of, min and max")
    elif number and (rule.one_of or not ranged):
        yield Finding(key, f"{rule.field} is a number", "give min, max or both, and no one_of")
    elif not number and (ranged or not rule.one_of):
        yield Finding(key, f"{rule.field} is a word", "give one_of with at least one word, and no min or max")
    yield from between(key, rule)


def _names(agreement: Agreement) -> Iterator[Finding]:
    sides: Mapping[str, Sequence[FitRule | InterestRule]] = {
        "fit": agreement.fit.rules,
        "interest": agreement.interest.rules,
    }
    for side, rules in sides.items():
        seen: Counter[str] = Counter()
        for number, rule in enumerate(rules):
            seen[rule.name] += 1
            if seen[rule.name] > 1:
                yield Finding(f"{side}.rules.{number}.name", f"{rule.name!r} is taken", "give each rule its own name")


def _exclusions(agreement: Agreement) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, exclusion in enumerate(agreement.exclusions):
        key = f"exclusions.{number}"
        yield from one_of(f"{key}.field", exclusion.field, PROFILE)
        if PROFILE.get(exclusion.field) is int:
            yield Finding(f"{key}.field", f"{exclusion.field} is a number", "exclude by a field that is a word")
        if exclusion.name in seen:
            yield Finding(f"{key}.name", f"{exclusion.name!r} is taken", "give each exclusion its own name")
        seen.add(exclusion.name)


def _times(agreement: Agreement) -> Iterator[Finding]:
    hours = agreement.hours
    if hours.from_ >= hours.to:
        yield Finding("hours.to", f"work ends at {hours.to} but begins at {hours.from_}", "let it end later that day")
    try:
        ZoneInfo(hours.zone)
    except (ValueError, OSError, LookupError):
        yield Finding("hours.zone", f"{hours.zone!r} is no time zone", "a name like 'Europe/Berlin'")
    if agreement.agreement.effective_from.tzinfo is None:
        yield Finding("agreement.effective_from", "has no time zone", "write it like 2026-01-01T00:00:00Z")


def _tracks(agreement: Agreement) -> Iterator[Finding]:
    tracks = agreement.nurture.tracks
    for reason, track in agreement.return_.reasons.items():
        yield from one_of(f"return.reasons.{reason}", track, ("", *tracks))
    for stage, track in agreement.nurture.stages.items():
        yield from one_of(f"nurture.stages.{stage}", track, tracks)
        if stage not in NURTURED:
            right = f"one of: {', '.join(NURTURED)}"
            yield Finding(f"nurture.stages.{stage}", f"no track starts with the stage {stage!r}", right)
    own = ["no_answer", *(["cooled"] if agreement.handoff.falls == "recall" else [])]
    for reason in own:
        if reason not in agreement.return_.reasons:
            yield Finding("return.reasons", f"{reason} is missing", f'add {reason} = "" or with a track')


def _moves(agreement: Agreement) -> Iterator[Finding]:
    for stage, to in agreement.definitions.moves.items():
        key = f"definitions.moves.{stage}"
        for other in to:
            if other not in {"accepted", "sql", "customer", "disqualified", "lead"}:
                yield Finding(key, f"sales never make a {other}", "leave it out: the agreement does")
        if not to and stage in {"mql", "accepted", "sql"}:
            yield Finding(key, f"nothing leads out of {stage}", "name at least one stage")
