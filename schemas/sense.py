"""Finds what makes no sense in an agreement of the right shape: names that lead nowhere, rules that are dead."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from schemas.activity import Activity, ProfileGiven
from schemas.agreement import Agreement, FitRule, InterestRule
from schemas.bounds import Stage
from schemas.codec import KINDS

PROFILE: Mapping[str, Any] = {
    field: kind for field, kind in get_type_hints(ProfileGiven).items() if field not in get_type_hints(Activity)
}
"""The fields of a profile, with their types."""
ACTIVITIES: Mapping[str, Mapping[str, Any]] = {
    kind.name: get_type_hints(kind.contract) for kind in KINDS if issubclass(kind.contract, Activity)
}
"""The fields of each activity, with their types."""

NURTURED: Sequence[Stage] = ("contact", "lead", "customer")
"""The stages that may start a track: a visitor has no name, and what is with sales or disqualified is not nurtured."""


class Finding(NamedTuple):
    """What is wrong at a key, and what would be right."""

    key: str
    wrong: str
    right: str


def findings(agreement: Agreement) -> Iterator[Finding]:
    """Everything that makes no sense, section by section."""
    yield from _fit(agreement)
    yield from _interest(agreement)
    yield from _names(agreement)
    yield from _handoff(agreement)
    yield from _times(agreement)
    yield from _tracks(agreement)


def _one_of(key: str, word: str, words: Iterable[str]) -> Iterator[Finding]:
    """A finding when the word is none of the words, with the nearest one as a proposal."""
    known = sorted(words)
    if word not in known:
        near = get_close_matches(word, known, n=1)
        right = (
            f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(filter(None, known)) or '(there are none)'}"
        )
        yield Finding(key, f"{word!r} is unknown", right)


def _fit(agreement: Agreement) -> Iterator[Finding]:
    for number, rule in enumerate(agreement.fit.rules):
        key = f"fit.rules.{number}"
        yield from _one_of(f"{key}.field", rule.field, PROFILE)
        yield from _one_of(f"{key}.group", rule.group, ("", *agreement.fit.groups))
        if rule.field in PROFILE:
            yield from _condition(key, rule)


def _condition(key: str, rule: FitRule) -> Iterator[Finding]:
    number = PROFILE[rule.field] is int
    ranged = rule.min is not None or rule.max is not None
    if number and (rule.one_of or not ranged):
        yield Finding(key, f"{rule.field} is a number", "give min, max or both, and no one_of")
    if not number and (ranged or not rule.one_of):
        yield Finding(key, f"{rule.field} is a word", "give one_of with at least one word, and no min or max")
    if rule.min is not None and rule.max is not None and rule.min > rule.max:
        yield Finding(f"{key}.min", f"no number is at least {rule.min} and at most {rule.max}", "swap min and max")


def _interest(agreement: Agreement) -> Iterator[Finding]:
    for number, rule in enumerate(agreement.interest.rules):
        key = f"interest.rules.{number}"
        yield from _one_of(f"{key}.on", rule.on, ACTIVITIES)
        yield from _one_of(f"{key}.group", rule.group, ("", *agreement.interest.groups))
        if rule.on in ACTIVITIES:
            yield from _where(f"{key}.where", rule)
        if rule.ceiling is not None and rule.ceiling < rule.points:
            yield Finding(f"{key}.ceiling", f"below the rule's own {rule.points} points", "raise the ceiling")


def _where(key: str, rule: InterestRule) -> Iterator[Finding]:
    """Conditions that no activity could meet."""
    known = ACTIVITIES[rule.on]
    for field, wanted in rule.where.items():
        if field in known:
            yield from _wanted(f"{key}.{field}", wanted, known[field])
        else:
            yield from _one_of(f"{key}.{field}", field, known)


def _wanted(key: str, wanted: str | float | list[str], kind: Any) -> Iterator[Finding]:
    if isinstance(wanted, int | float):
        if kind not in {int, bool}:
            yield Finding(key, f"this field is a text, {wanted} is not", "write it in quotes")
        return
    for word in [wanted] if isinstance(wanted, str) else wanted:
        if get_origin(kind) is Literal and "*" not in word:
            yield from _one_of(key, word.casefold(), get_args(kind))


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


def _handoff(agreement: Agreement) -> Iterator[Finding]:
    best = agreement.fit.ceiling + agreement.interest.ceiling
    if agreement.handoff.score > best:
        yield Finding("handoff.score", f"no lead can reach it: the ceilings add up to {best}", "lower it")
    if agreement.handoff.fit_min > agreement.fit.ceiling:
        yield Finding("handoff.fit_min", f"no lead can reach it: fit ends at {agreement.fit.ceiling}", "lower it")


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
        yield from _one_of(f"return.reasons.{reason}", track, ("", *tracks))
    for stage, track in agreement.nurture.stages.items():
        yield from _one_of(f"nurture.stages.{stage}", track, tracks)
        if stage not in NURTURED:
            right = f"one of: {', '.join(NURTURED)}"
            yield Finding(f"nurture.stages.{stage}", f"no track starts with the stage {stage!r}", right)
    if "no_answer" not in agreement.return_.reasons:
        yield Finding("return.reasons", "no_answer is missing", 'add no_answer = "" or with a track')
