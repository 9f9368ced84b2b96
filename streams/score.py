"""Points for fit and for interest, each with its rule, cut by the ceilings of rule, group and side."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from streams.row import Entry, Lead
from streams.terms import CEILING_MAX, FitTerm, Terms

Points = tuple[tuple[str, int], ...]
"""`(rule, points)` for each rule that matched; 0 points when a ceiling left nothing."""
Changes = tuple[tuple[str, int, str], ...]
"""`(rule, change of points, value of the profile)` for each rule of fit whose points change."""
ENTRIES_OF_RULE_MAX = 3
"""A rule of interest has at most so many entries; then its oldest is folded into the next."""


def interest(lead: Lead, kind: str, data: object, terms: Terms) -> Points:
    """The points that this activity gives."""
    matching = [term for term in terms.interest.get(kind, ()) if term.matches(data)]
    if not matching:
        return ()
    by_rule, by_group = _given(lead, terms.group_of)
    left = terms.interest_ceiling - lead.interest
    points = []
    for term in matching:
        rule_left = max(0, term.ceiling - abs(by_rule.get(term.name, 0)))
        of_group = by_group.get(term.group, 0)
        give = _cut(term.points, rule_left, terms.interest_groups[term.group] - of_group, left)
        by_group[term.group] = of_group + give
        left -= give
        points.append((term.name, give))
    return tuple(points)


def _given(lead: Lead, group_of: Mapping[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    """Interest points so far, by rule and by group; rules of earlier versions have no group any more."""
    by_rule: dict[str, int] = {}
    by_group: dict[str, int] = {}
    for rule, points, _, _, _, _ in lead.interests:
        by_rule[rule] = by_rule.get(rule, 0) + points
    for rule, points in by_rule.items():
        group = group_of.get(rule, "")
        by_group[group] = by_group.get(group, 0) + points
    return by_rule, by_group


def _cut(points: int, rule_left: int, *left: int) -> int:
    """So many of the points as every ceiling leaves; points that are taken off are held back by their rule's alone."""
    return max(points, -rule_left) if points < 0 else max(0, min(points, rule_left, *left))


def fit(lead: Lead, told: Mapping[str, str | int], terms: Terms) -> Changes:
    """The change of the fit points, rule by rule, when the profile is told so; looked at anew, never added twice."""
    have = {entry.rule: entry.points for entry in lead.fits}
    wanted = {rule: (points, value) for rule, points, value in _wanted({**lead.profile, **told}, terms)}
    changes = {rule: wanted.get(rule, (0, "")) for rule in {**have, **wanted}}
    return tuple(
        (rule, points - have.get(rule, 0), value)
        for rule, (points, value) in changes.items()
        if points != have.get(rule, 0)
    )


def _wanted(profile: Mapping[str, Any], terms: Terms) -> Iterator[tuple[str, int, str]]:
    groups: dict[str, int] = defaultdict(int)
    left = terms.fit_ceiling
    for term in terms.fit:
        if _fits(term, profile):
            give = _cut(term.points, CEILING_MAX, terms.fit_groups[term.group] - groups[term.group], left)
            groups[term.group] += give
            left -= give
            yield term.name, give, str(profile[term.field])


def _fits(term: FitTerm, profile: Mapping[str, Any]) -> bool:
    value = profile.get(term.field)
    return value is not None and term.matches(value)


def enter_interest(lead: Lead, points: Points, at: int, cause: str, detail: str) -> None:
    """Write points of interest into the ledger and the sum."""
    for rule, given in points:
        if given:
            lead.interest += given
            lead.interests.append(Entry(rule, given, 1, at, cause, detail))
            _fold(lead.interests, rule)


def _fold(entries: list[Entry], rule: str) -> None:
    """Fold the oldest entry of the rule into the next, if there are too many."""
    of_rule = [index for index, entry in enumerate(entries) if entry.rule == rule]
    if len(of_rule) > ENTRIES_OF_RULE_MAX:
        first, second = of_rule[:2]
        old, young = entries[first], entries[second]
        entries[second] = young._replace(points=old.points + young.points, times=old.times + young.times)
        del entries[first]


def enter_fit(lead: Lead, changes: Changes, at: int, cause: str) -> None:
    """Write a change of fit points into the ledger and the sum; a rule has one entry, gone when it gives nothing."""
    for rule, change, value in changes:
        lead.fit += change
        old = next((entry for entry in lead.fits if entry.rule == rule), Entry(rule, 0, 0, at, cause, value))
        lead.fits = [entry for entry in lead.fits if entry.rule != rule]
        if old.points + change:
            lead.fits.append(Entry(rule, old.points + change, old.times + 1, at, cause, value))
