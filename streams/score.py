"""Points for fit and for interest, each with its rule, cut by the ceilings of rule, group and side."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from sys import maxsize
from typing import Any

from schemas.codec import Message
from streams.daily import given_on
from streams.row import Entry, Lead
from streams.rulebook import CEILING_MAX, Met
from streams.terms import Terms

Points = tuple[tuple[str, int], ...]
"""`(rule, points)` for each rule that matched; 0 points when a ceiling left nothing."""
Changes = tuple[tuple[str, int, str], ...]
"""`(rule, change of points, value of the profile)` for each rule of fit whose points change."""
ENTRIES_OF_RULE_MAX = 3
"""A rule of interest has at most so many entries; then its oldest is folded into the next."""
UNCUT = maxsize
"""What is left by a ceiling that does not cut here."""


def interest(lead: Lead, message: Message, met: Met, then: Terms, terms: Terms) -> Points:
    """The points that this activity gives by rules that add up, by the version of then, when `terms` rate them."""
    if lead.excluded and lead.excluded in then.unscored:
        return ()
    if not met.plain:
        return ()
    book, given, kind, at, today = then.interest, lead.given, message.kind, message.at, None
    apart = book.apart and terms.interest.apart
    left, group_left = (UNCUT, dict.fromkeys(then.interest_groups, UNCUT)) if apart else _rooms(given, then)
    if kind in book.daily:
        today = book.daily[kind] - given_on(lead, kind, book.day_of(at))
    points = []
    for rule, group, most, ceiling, _, span in met.plain:
        if span is None or span.start <= at < span.end:
            give = cut(most, ceiling - abs(given.get(rule, 0)), group_left[group], left)
            if today is not None and give > 0:
                give = min(give, today)
                today -= give
            if give > 0:
                group_left[group] -= give
                left -= give
            points.append((rule, give))
    return tuple(points)


def _rooms(given: Mapping[str, int], terms: Terms) -> tuple[int, dict[str, int]]:
    """What the ceilings of interest and of each group leave. Hits that were settled are not cut by their group's yet.

    Points that are taken off leave no room for others: else the order of two activities would count. Rules of earlier
    versions have no group any more.
    """
    group_of, ceilings = terms.interest.group_of, terms.interest_groups
    rooms = {**ceilings}
    for rule, points in given.items():
        if points > 0:
            rooms[group_of.get(rule, "")] -= points
    left = terms.interest_ceiling
    for group, room in rooms.items():
        used = ceilings[group] - room
        left -= min(used, ceilings[group]) if terms.interest.rated else used
    return left, rooms


def cut(points: int, rule_left: int, group_left: int, left: int) -> int:
    """So many of the points as every ceiling leaves; points that are taken off are held back by their rule's alone."""
    if points < 0:
        return max(points, min(-rule_left, 0))
    return max(0, min(points, rule_left, group_left, left))


def within(given: Iterable[tuple[str, int]], terms: Terms, *, apart: bool) -> dict[str, int]:
    """What the ceilings leave of points of interest, by rule, when they are given in this order.

    Those of groups and of interest are left out when they cut each score `apart`, later.
    """
    book = terms.interest
    plain = {term.name: term.ceiling for theirs in book.plain.values() for term in theirs}
    ceilings = plain | {rule: term.ceiling for rule, term in book.by_name.items()}
    want: dict[str, int] = defaultdict(int)
    rooms = dict.fromkeys(terms.interest_groups, UNCUT) if apart else {**terms.interest_groups}
    left = UNCUT if apart else terms.interest_ceiling
    for rule, points in given:
        group = book.group_of.get(rule, "")
        give = cut(points, ceilings.get(rule, CEILING_MAX) - abs(want[rule]), rooms[group], left)
        want[rule] += give
        rooms[group] -= max(give, 0)
        left -= max(give, 0)
    return want


def fit(lead: Lead, told: Mapping[str, str | int], terms: Terms) -> Changes:
    """The change of the fit points, rule by rule, when the profile is told so; looked at anew, never added twice."""
    have, profile = {rule: points for rule, points, *_ in lead.fits}, {**lead.profile, **told}
    scored = excluded_by(profile, terms) not in terms.unscored
    wanted = {rule: (points, value) for rule, points, value in _wanted(profile, terms) if scored}
    changes = {rule: wanted.get(rule, (0, "")) for rule in {**have, **wanted}}
    return tuple(
        (rule, points - have.get(rule, 0), value)
        for rule, (points, value) in changes.items()
        if points != have.get(rule, 0)
    )


def excluded_by(profile: Mapping[str, Any], terms: Terms) -> str:
    """The first exclusion that holds for this profile; empty for none."""
    return next((each.name for each in terms.exclusions if each.matches(profile.get(each.field))), "")


def _wanted(profile: Mapping[str, Any], terms: Terms) -> Iterator[tuple[str, int, str]]:
    groups: dict[str, int] = defaultdict(int)
    left = terms.fit_ceiling
    for term in terms.fit:
        if term.matches(profile.get(term.field)):
            give = cut(term.points, CEILING_MAX, terms.fit_groups[term.group] - groups[term.group], left)
            groups[term.group] += give
            left -= give
            yield term.name, give, str(profile.get(term.field, ""))


def enter_interest(lead: Lead, points: Points, moment: tuple[int, str], detail: str, times: int = 1) -> None:
    """Write points of interest into the ledger and the sum; `moment` is the instant and the cause."""
    at, cause = moment
    for rule, give in points:
        if give:
            lead.interest += give
            lead.give(rule, give)
            lead.interests.append((rule, give, times, at, cause, detail))
            fold(lead.interests, rule)


def fold(entries: list[Entry], rule: str) -> None:
    """Fold the oldest entry of the rule into the next, if there are too many."""
    if len(entries) <= ENTRIES_OF_RULE_MAX:
        return
    rules = [entry[0] for entry in entries]
    if rules.count(rule) > ENTRIES_OF_RULE_MAX:
        first = rules.index(rule)
        second = rules.index(rule, first + 1)
        _, older_points, older_times, *_ = entries[first]
        _, points, times, *_ = entries[second]
        last = max(entries[second], entries[first], key=itemgetter(3))  # what is older may have been told later
        entries[second] = (rule, older_points + points, older_times + times, *last[3:])
        del entries[first]


def enter_fit(lead: Lead, changes: Changes, at: int, cause: str) -> None:
    """Write a change of fit points into the ledger and the sum; a rule has one entry, gone when it gives nothing."""
    for rule, change, value in changes:
        lead.fit += change
        _, points, times, *_ = next((entry for entry in lead.fits if entry[0] == rule), (rule, 0, 0))
        lead.fits = [entry for entry in lead.fits if entry[0] != rule]
        if points + change:
            lead.fits.append((rule, points + change, times + 1, at, cause, value))
