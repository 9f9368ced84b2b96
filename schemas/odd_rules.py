"""Finds what is odd in rules that work: points that are cut or nothing, limits that limit nothing, twins."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from math import ceil, inf, log2
from typing import Any

from schemas.agreement import Agreement
from schemas.finding import Finding
from schemas.rules import Fit, FitRule, Interest, InterestRule
from schemas.sense_interest import crossed, depends_on_time, keeps_days, kinds_of

DAYS_OF_A_MONTH = 30
TIMED_MAX = 80
SHORTEST_DAYS: Mapping[str, float] = {"hour": 1 / 24, "day": 23 / 24, "week": 167 / 24, "month": 671 / 24}
"""How long a period of the calendar lasts at least, where an hour is lost to summer time."""


def rules(agreement: Agreement) -> Iterator[Finding]:
    """Everything that is odd about the rules of both sides."""
    for side, section in (("fit", agreement.fit), ("interest", agreement.interest)):
        yield from _points(side, section)
        yield from _twins(side, section.rules)
    yield from _edges(agreement.fit.rules)
    for number, rule in enumerate(agreement.interest.rules):
        key = f"interest.rules.{number}"
        yield from _limits(key, rule)
        yield from _silence(key, rule)
        yield from _never(key, rule)
        yield from _faded(key, rule)
    yield from _daily(agreement.interest)
    yield from _many(agreement.interest)


def _points(side: str, section: Fit | Interest) -> Iterator[Finding]:
    among: Sequence[FitRule | InterestRule] = section.rules
    for number, rule in enumerate(among):
        key = f"{side}.rules.{number}.points"
        own = rule.ceiling if isinstance(rule, InterestRule) and rule.ceiling else inf
        shared = min((section.ceiling, side), (section.groups.get(rule.group, inf), f"the group {rule.group}"))
        most, whose = min((own, "the rule"), shared if rule.points > 0 else (inf, ""))
        if not rule.points:
            yield Finding(key, "gives nothing", "give points, or delete the rule")
        elif abs(rule.points) > most:
            yield Finding(
                key, f"never given whole: {whose} ends at {most:g}", "lower the points, or raise that ceiling"
            )


def _twins(side: str, among: Sequence[FitRule | InterestRule]) -> Iterator[Finding]:
    """Rules that ask for the same; each of them gives its points."""
    seen: list[tuple[Any, str]] = []
    for number, rule in enumerate(among):
        asks = rule.model_dump(exclude={"name", "group", "points", "ceiling"})
        if isinstance(rule, InterestRule):
            asks["on"] = sorted(kinds_of(rule.on))
        first = next((name for other, name in seen if other == asks), None)
        if first is not None:
            right = "make one rule of them, or tell apart what they ask for"
            yield Finding(f"{side}.rules.{number}", f"asks for the same as {first!r}, so both give points", right)
        seen.append((asks, rule.name))


def _edges(among: Sequence[FitRule]) -> Iterator[Finding]:
    """Ranges that follow one another and share the number between them."""
    ranges = [(number, rule) for number, rule in enumerate(among) if rule.min != rule.max]
    for (_, low), (number, high) in permutations(ranges, 2):
        if low.field == high.field and low.max is not None and low.max == high.min:
            wrong = f"{high.min} is in {low.name!r} too, so both give points"
            yield Finding(f"fit.rules.{number}.min", wrong, f"begin at {high.min + 1}")


def _limits(key: str, rule: InterestRule) -> Iterator[Finding]:
    if rule.once and rule.at_most:
        yield Finding(f"{key}.at_most", "limits nothing: the rule counts once", "leave it out")


def _silence(key: str, rule: InterestRule) -> Iterator[Finding]:
    if rule.times is None or rule.times.max != 0:
        return
    for name, given in (("once_per", rule.once_per), ("at_most", rule.at_most), ("decay", rule.decay)):
        if given:
            wrong = "is not for silence, which gives its points whole while the last time is long ago"
            yield Finding(f"{key}.{name}", wrong, "leave it out")


def _never(key: str, rule: InterestRule) -> Iterator[Finding]:
    """Occurrences that the limits never let count so often."""
    least = rule.times.min if rule.times else None
    if not (least and rule.at_most and rule.within_days):
        return
    if rule.per_days:
        most = rule.at_most * ceil(rule.within_days / rule.per_days)
    else:
        most = rule.at_most * (ceil(rule.within_days / SHORTEST_DAYS[rule.per or "hour"]) + 1)
    if least > most:
        wrong = f"never so often: {most} count within {rule.within_days:g} days at most"
        yield Finding(f"{key}.times.min", wrong, "lower it, or let more count")


def _faded(key: str, rule: InterestRule) -> Iterator[Finding]:
    if not (rule.decay and rule.within_days and rule.points):
        return
    if rule.decay.percent_a_month is not None:
        gone = 100 * DAYS_OF_A_MONTH / rule.decay.percent_a_month
    else:
        gone = (rule.decay.half_life_days or 0) * log2(2 * abs(rule.points))
    if rule.within_days >= gone:
        wrong = f"says nothing: the points are gone after {gone:.4g} days"
        yield Finding(f"{key}.within_days", wrong, "leave it out, or let them fade more slowly")


def _many(interest: Interest) -> Iterator[Finding]:
    """A lead's row must fit into one message of Kafka, with TIMES_MAX hits of each rule that keeps hits."""
    across = crossed(interest.rules, interest.daily)
    number = sum(depends_on_time(rule) or keeps_days(rule, across) for rule in interest.rules)
    if number > TIMED_MAX:
        wrong = f"{number} depend on time: who does all that many of them count may need more than Kafka takes in a row"
        yield Finding("interest.rules", wrong, f"let rules add up where time does not matter; {TIMED_MAX} are safe")


def _daily(interest: Interest) -> Iterator[Finding]:
    for kind in interest.daily:
        if not any(kind in kinds_of(rule.on) and rule.points > 0 for rule in interest.rules):
            key = f"interest.daily.{kind}"
            yield Finding(key, "no rule gives points for it", "delete it, or write a rule")
