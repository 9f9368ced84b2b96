"""Finds what makes no sense in the rules of interest: fields no activity has, limits that limit nothing, dead rules."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

from schemas.activity import Activity
from schemas.agreement import Agreement
from schemas.codec import KINDS
from schemas.finding import Finding, between, one_of
from schemas.rules import Condition, InterestRule, Wanted

ACTIVITIES: Mapping[str, Mapping[str, Any]] = {
    kind.name: get_type_hints(kind.contract) for kind in KINDS if issubclass(kind.contract, Activity)
}
"""The fields of each activity, with their types."""
ANY = "any"


def interest(agreement: Agreement) -> Iterator[Finding]:
    """Everything about the rules of interest."""
    for number, rule in enumerate(agreement.interest.rules):
        key = f"interest.rules.{number}"
        kinds = kinds_of(rule.on)
        for kind in kinds:
            yield from one_of(f"{key}.on", kind, (*ACTIVITIES, ANY) if kinds == [kind] else ACTIVITIES)
        yield from one_of(f"{key}.group", rule.group, ("", *agreement.interest.groups))
        fields = _fields(kinds)
        if fields:
            yield from _where(f"{key}.where", rule, fields)
            yield from one_of(f"{key}.once_per", rule.once_per, ("", *fields))
        yield from _limits(key, rule)
        yield from _span(key, rule)
        yield from _occurrences(key, rule)
    yield from _daily(agreement)


def _daily(agreement: Agreement) -> Iterator[Finding]:
    for kind in agreement.interest.daily:
        key = f"interest.daily.{kind}"
        yield from one_of(key, kind, ACTIVITIES)
        timed = [rule.name for rule in agreement.interest.rules if kind in kinds_of(rule.on) and depends_on_time(rule)]
        if timed:
            right = "give it at_most with per instead, and leave out the daily ceiling or that"
            yield Finding(key, f"does not hold for {timed[0]!r}, whose points depend on time", right)


def depends_on_time(rule: InterestRule) -> bool:
    """Whether what the rule gives is more than a sum."""
    again = rule.only == "returned"  # kept with the others that are seldom asked
    return bool(again or rule.once or rule.once_per or rule.at_most or rule.within_days or rule.times or rule.decay)


def crossed(rules: Sequence[InterestRule], daily: Collection[str]) -> set[str]:
    """Activities with a daily ceiling that others cut across: of a rule, of several groups or scores by name.

    Their rules keep hits. A rule keeps those of all its activities, so the ceilings of these are cut across too.
    """
    giving = [(rule, {*kinds_of(rule.on)}.intersection(daily)) for rule in rules if rule.points > 0]
    found: set[str] = set()
    for kind in daily:
        theirs = [rule for rule, kinds in giving if kind in kinds]
        if len({(rule.group, rule.score) for rule in theirs}) > 1 or any(rule.ceiling is not None for rule in theirs):
            found.add(kind)
    more = found
    while more:
        more = {kind for _, kinds in giving if kinds & more for kind in kinds} - found
        found = found | more
    return found


def keeps_days(rule: InterestRule, across: Collection[str]) -> bool:
    """Whether the rule keeps hits for the sake of daily ceilings, of which these are cut across."""
    return rule.points > 0 and not set(across).isdisjoint(kinds_of(rule.on))


def kinds_of(on: str | list[str]) -> list[str]:
    """The activities that a rule is about."""
    if on == ANY:
        return list(ACTIVITIES)
    return [on] if isinstance(on, str) else on


def _fields(kinds: Sequence[str]) -> Mapping[str, Any]:
    """The fields that all of these have; none when one of the activities is unknown."""
    known = [ACTIVITIES.get(kind, {}) for kind in kinds]
    return {name: kind for name, kind in known[0].items() if all(name in fields for fields in known)}


def _where(key: str, rule: InterestRule, fields: Mapping[str, Any]) -> Iterator[Finding]:
    """Conditions that no activity could meet."""
    for field, wanted in rule.where.items():
        if field in fields:
            yield from _wanted(f"{key}.{field}", wanted, fields[field])
        else:
            yield from one_of(f"{key}.{field}", field, fields)


def _limits(key: str, rule: InterestRule) -> Iterator[Finding]:
    if rule.once and rule.once_per:
        yield Finding(f"{key}.once", f"counts once, so once per {rule.once_per} says nothing", "leave out one of them")
    periods = [name for name, given in (("per", rule.per), ("per_days", rule.per_days)) if given]
    if rule.at_most and len(periods) != 1:
        yield Finding(f"{key}.at_most", f"{rule.at_most} in which time?", "give per or per_days, and not both")
    if periods and not rule.at_most:
        yield Finding(f"{key}.{periods[0]}", "limits nothing", "give at_most too, or leave it out")
    if rule.decay and (rule.decay.percent_a_month is None) == (rule.decay.half_life_days is None):
        yield Finding(f"{key}.decay", "must fade in one way", "give percent_a_month or half_life_days")


def _span(key: str, rule: InterestRule) -> Iterator[Finding]:
    aware = True
    for name, when in (("from", rule.from_), ("to", rule.to)):
        if when is not None and when.tzinfo is None:
            aware = False
            yield Finding(f"{key}.{name}", "has no time zone", "write it like 2026-01-01T00:00:00Z")
    if aware and rule.from_ and rule.to and rule.from_ >= rule.to:
        yield Finding(f"{key}.from", f"nothing happens from {rule.from_} on and before {rule.to}", "swap from and to")


def _occurrences(key: str, rule: InterestRule) -> Iterator[Finding]:
    times = rule.times
    if times is None:
        return
    if times.min is None and times.max is None:
        yield Finding(f"{key}.times", "asks for nothing", "give min, max or both")
    if times.max is not None and not times.min and not rule.within_days:
        yield Finding(f"{key}.times.max", "holds at once for a lead that is new", "give within_days too")
    if times.min and rule.once and times.min > 1:
        yield Finding(f"{key}.times.min", "counts once, so never so often", "leave out once")
    yield from between(f"{key}.times", times)


def _wanted(key: str, wanted: Wanted, kind: Any) -> Iterator[Finding]:
    if isinstance(wanted, Condition):
        yield from _conditioned(key, wanted, kind)
        return
    if isinstance(wanted, int | float):
        if kind not in {int, bool}:
            yield Finding(key, f"this field is a text, {wanted} is not", "write it in quotes")
        return
    for word in [wanted] if isinstance(wanted, str) else wanted:
        if get_origin(kind) is Literal and "*" not in word:
            yield from one_of(key, word.casefold(), get_args(kind))


def _conditioned(key: str, wanted: Condition, kind: Any) -> Iterator[Finding]:
    ranged = wanted.min is not None or wanted.max is not None
    if not ranged and not wanted.not_ and wanted.present is None:
        yield Finding(key, "asks for nothing", "give min, max, not or present")
    if ranged and kind is not int:
        yield Finding(key, "this field is no number", "give not or present instead of min and max")
    if wanted.not_ and kind in {int, bool}:
        yield Finding(f"{key}.not", "this field is no text", "give min and max instead")
    yield from between(key, wanted)
