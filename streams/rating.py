"""What interest adds up to at an instant: sums, and rules whose points depend on time, within the ceilings.

Sums are cut when they are given (`streams.score`), everything together is cut here: a group of rules gives no more than
its ceiling, and all groups no more than that of interest. Points that are taken off are outside of both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from heapq import merge
from typing import NamedTuple

from schemas.codec import Message
from schemas.fact import Fact, HitsSettled, RuleHit
from streams.row import Lead
from streams.terms import Terms
from streams.timed import HITS_MAX, Hit, Share, Timed, by_time, changes, done, shares, total


class Standing(NamedTuple):
    """Of what interest is made at an instant, beside the sums of the ledger.

    Attributes:
        shares: What the rules that depend on time give then.
        cuts: What the ceilings take off, by group; that of all groups has the name "".
    """

    shares: Mapping[str, list[Share]]
    cuts: Mapping[str, int]


def standing(lead: Lead, terms: Terms, now: int) -> Standing:
    """Of what this lead's interest is made at this instant."""
    hits, groups = hits_of(lead), defaultdict[str, int](int)
    _enter_sums(groups, lead, terms)
    found = {}
    for term in _terms(lead, terms, hits):
        theirs = shares(term, hits.get(term.name, ()), lead.given.get(term.name, 0), since(lead, term), now)
        found[term.name] = theirs
        for share in theirs:
            _enter(groups, term.group, share.points)
    within = {group: min(points, terms.interest_groups[group]) for group, points in groups.items()}
    cuts = {group: within[group] - points for group, points in groups.items() if within[group] < points and group}
    left = terms.interest_ceiling - sum(within.values())
    return Standing(found, cuts | ({"": left} if left < 0 else {}))


def interest_at(lead: Lead, terms: Terms, now: int) -> int:
    """What this lead's interest adds up to at this instant: asked for far more often than what it is made of."""
    hits, groups = hits_of(lead), defaultdict[str, int](int)
    off = _enter_sums(groups, lead, terms)
    for term in _terms(lead, terms, hits):
        points = total(term, hits.get(term.name, ()), lead.given.get(term.name, 0), since(lead, term), now)
        off += _enter(groups, term.group, points)
    ceilings = terms.interest_groups
    within = sum(min(ceilings[group], points) for group, points in groups.items())
    return min(within, terms.interest_ceiling) + off


def _enter(groups: dict[str, int], group: str, points: int) -> int:
    """Points that are given go into their group; gives those that are taken off."""
    if points < 0:
        return points
    groups[group] += points
    return 0


def _enter_sums(groups: dict[str, int], lead: Lead, terms: Terms) -> int:
    """The same of all that the ledger adds up."""
    group_of = terms.interest.group_of
    return sum(_enter(groups, group_of.get(rule, ""), points) for rule, points in lead.given.items())


def hits_of(lead: Lead) -> dict[str, list[Hit]]:
    """The hits by rule."""
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in lead.hits:
        found[hit.rule].append(hit)
    return found


def _terms(lead: Lead, terms: Terms, hits: dict[str, list[Hit]]) -> Iterator[Timed]:
    """The rules that may give something; hits of rules of earlier versions count no more."""
    book = terms.interest
    yield from (book.by_name[rule] for rule in hits if rule in book.by_name)
    yield from (term for term in book.watching if term.name not in hits and (lead.recycles or not term.again))


def since(lead: Lead, term: Timed) -> int:
    """The instant from which on the lead is known not to have done what the rule asks for, but for the hits."""
    return max(lead.arrived_at, lead.active_at) if term.silent else lead.arrived_at


def as_of(lead: Lead) -> int:
    """The instant that this lead's interest is as of: when the last thing happened, or time was looked at.

    What is told late does not turn the clock back.
    """
    return max(lead.active_at, lead.rated_at)


def remember(lead: Lead, hit: Hit) -> None:
    """Remember a hit; of a value that counts once, the last one."""
    same = [other for other in lead.hits if hit.value and (other.rule, other.value) == (hit.rule, hit.value)]
    if all(other.at < hit.at for other in same):
        lead.hits = [*(other for other in lead.hits if other not in same), hit]


def forget(lead: Lead, rule: str, places: Collection[int]) -> Hit:
    """Forget hits of this rule by their places in time; gives the last of them."""
    theirs = by_time(hit for hit in lead.hits if hit.rule == rule)
    gone = [theirs[place] for place in places]
    lead.hits = [hit for hit in lead.hits if hit not in gone]
    return gone[-1]


def count(lead: Lead, message: Message, detail: str, terms: Terms) -> Iterator[Fact]:
    """Note the hits of an activity that was counted, and forget those that count no more."""
    if lead.excluded in terms.unscored:
        return
    for term in terms.interest.timed.get(message.kind, ()):
        if term.meets(message.data, message.at) and (lead.recycles or not term.again):
            value = term.value(message.data) if term.value else ""
            known = value and any(hit.rule == term.name and hit.value == value for hit in lead.hits)
            if not known or term.passing or term.most:
                yield RuleHit(term.name, term.points, detail, value)
                yield from _settle(lead, term)


def _settle(lead: Lead, term: Timed) -> Iterator[Fact]:
    """Forget hits that count no more, and one when there are too many: with what it gave for good."""
    now = as_of(lead)
    hits = by_time(hit for hit in lead.hits if hit.rule == term.name)
    gone = tuple(place for place, hit in enumerate(hits) if done(term, hit, now))
    if gone:
        yield HitsSettled(term.name, gone, 0)
    elif len(hits) > HITS_MAX:
        theirs = shares(term, hits, lead.given.get(term.name, 0), lead.arrived_at, now)
        counted = {share.hit: share.points for share in theirs}
        places = sorted(range(len(hits)), key=lambda place: hits[place] in counted)[: len(hits) - HITS_MAX]
        for_good = not term.passing and not term.occurring
        points = sum(counted.get(hits[place], 0) for place in places) if for_good else 0
        yield HitsSettled(term.name, tuple(sorted(places)), points)


def settle_all(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """The same for every rule: there are as many as two leads had."""
    book = terms.interest.by_name
    for term in [book[rule] for rule in hits_of(lead) if rule in book]:
        yield from _settle(lead, term)


def turns(lead: Lead, terms: Terms, now: int) -> Iterator[int]:
    """The instants after now at which interest may change though nothing happens, in order."""
    hits = hits_of(lead)
    theirs = (
        sorted(changes(term, hits.get(term.name, ()), since(lead, term), now)) for term in _terms(lead, terms, hits)
    )
    last = now
    for at in merge(*theirs):
        if at > last:
            last = at
            yield at
