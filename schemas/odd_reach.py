"""Finds thresholds that no lead can reach, since the rules of an agreement do not give so many points."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

from schemas.agreement import Agreement, Grid
from schemas.finding import Finding
from schemas.rules import Fit, FitRule, Interest, InterestRule

LOWER = "lower it, or let the rules give more"


def reach(agreement: Agreement) -> Iterator[Finding]:
    """Everything about scores, minimums and grades that nobody gets."""
    fit, interest = _fit_most(agreement.fit), _interest_most(agreement.interest)
    handoff, least = agreement.handoff, agreement.definitions.lead_score
    yield from _beyond("definitions.lead_score", least, fit + interest, "the rules give")
    yield from _beyond("handoff.fit_min", handoff.fit_min, fit, "the rules of fit give")
    yield from _beyond("handoff.interest_min", handoff.interest_min, interest, "the rules of interest give")
    if agreement.grid:
        yield from _marks("fit", agreement.grid.fit, fit)
        yield from _marks("interest", agreement.grid.interest, interest)
        yield from _barred(agreement.grid, agreement)
        return
    yield from _beyond("handoff.score", handoff.score, fit + interest, "the rules give")
    if least > handoff.score:
        wrong = f"who has {handoff.score} is handed over before being a lead"
        yield Finding("definitions.lead_score", wrong, "let it be lower than score in [handoff]")


def _beyond(key: str, least: int, most: float, given: str) -> Iterator[Finding]:
    if least > most:
        yield Finding(key, f"no lead can reach it: {given} {most:g} together", LOWER)


def _marks(side: str, marks: Mapping[str, int], most: float) -> Iterator[Finding]:
    for mark, least in marks.items():
        if least > most:
            yield Finding(f"grid.{side}.{mark}", f"nobody gets it: the rules of {side} give {most:g} together", LOWER)


def _barred(grid: Grid, agreement: Agreement) -> Iterator[Finding]:
    """Grades that are named for a handoff, though all who have them lack a minimum."""
    handoff = agreement.handoff
    fit, interest = _tops(grid.fit), _tops(grid.interest)
    for number, grade in enumerate(grid.handoff):
        for name, least, top in (
            ("fit_min", handoff.fit_min, fit[grade[0]]),
            ("interest_min", handoff.interest_min, interest[grade[1]]),
        ):
            if top < least:
                right = f"leave it out, or lower {name} in [handoff]"
                yield Finding(
                    f"grid.handoff.{number}", f"hands over nobody: {top:g} at most, {least} are needed", right
                )


def _tops(marks: Mapping[str, int]) -> Mapping[str, float]:
    """The most points with which each mark is given."""
    ordered = sorted(marks, key=lambda mark: marks[mark])
    return dict(zip(ordered, [*(marks[mark] - 1 for mark in ordered[1:]), inf], strict=True))


def _fit_most(fit: Fit) -> float:
    """No profile has more fit than this: a field has one value, and rules that ask for others do not meet it."""
    fields = defaultdict[tuple[str, str], list[FitRule]](list)
    for rule in fit.rules:
        if rule.points > 0:
            fields[rule.group, rule.field].append(rule)
    groups = defaultdict[str, float](float)
    for (group, _), rules in fields.items():
        groups[group] += max(_given(rules, value) for value in _values(rules))
    return _within(fit, groups)


def _given(rules: Iterable[FitRule], value: str | int | None) -> int:
    return sum(rule.points for rule in rules if _may_meet(rule, value))


def _values(rules: Iterable[FitRule]) -> Iterator[str | int | None]:
    """Values of a field among which is the one that meets the most rules; None for what was not told."""
    yield None
    for rule in rules:
        yield from (word.casefold() for word in rule.one_of)
        if not rule.one_of:
            yield rule.min or 0


def _may_meet(rule: FitRule, value: str | int | None) -> bool:
    """Whether the value meets the rule; true when nobody can know, as of a pattern."""
    if rule.present is not None:
        return rule.present or value is None
    if isinstance(value, str):
        return any("*" in word or word.casefold() == value for word in rule.one_of)
    return value is not None and (rule.min or 0) <= value <= (inf if rule.max is None else rule.max)


def _interest_most(interest: Interest) -> float:
    """No lead has more interest than this."""
    groups = defaultdict[str, float](float)
    for rule in interest.rules:
        groups[rule.group] += _most(rule)
    return _within(interest, groups)


def _most(rule: InterestRule) -> float:
    one = rule.points if rule.once or rule.times else inf
    return max(0, min(one, inf if rule.ceiling is None else rule.ceiling)) if rule.points > 0 else 0


def _within(section: Fit | Interest, groups: Mapping[str, float]) -> float:
    within = sum(min(points, section.groups.get(group, inf)) for group, points in groups.items())
    return min(within, section.ceiling)
