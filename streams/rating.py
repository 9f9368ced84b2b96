"""What interest adds up to at an instant: sums, and rules whose points depend on time, within the ceilings.

Sums are cut when they are given (`streams.score`), everything together is cut here: a group of rules gives no more than
its ceiling, and all groups no more than that of interest. Points that are taken off are outside of both. Where rules
count for different scores by name, each of these is cut here by itself; else it would depend on the order of arrival
which of them gets what a ceiling leaves.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from schemas.codec import Message
from schemas.fact import Fact, HitsSettled
from streams import daily
from streams.row import Lead
from streams.rulebook import Rulebook
from streams.tally import Sums, Tally
from streams.terms import Terms
from streams.timed import HITS_MAX, Hit, Share, Timed, alone, changes, done, inserted, limited, shares, total, until


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
    found, hits = {}, daily.counted(lead, terms.interest)
    for term in _terms(lead, terms.interest):
        settled = lead.given.get(term.name, 0)
        found[term.name] = shares(term, hits.get(term.name, ()), settled, since(lead, term), now)
    given = ((rule, share.points) for rule, theirs in found.items() for share in theirs)
    sums = Sums.of(chain(lead.given.items(), given), terms.interest.group_of, terms.interest_groups)
    cuts = {group: sums.ceilings[group] - points for group, points in sums.groups.items() if group}
    left = terms.interest_ceiling - sums.given
    return Standing(found, {group: cut for group, cut in {**cuts, "": left}.items() if cut < 0})


def interest_at(lead: Lead, terms: Terms, now: int, but: Collection[str] = ()) -> int:
    """What this lead's interest adds up to at this instant, or a later one: asked for far more often than of what.

    Rules named in `but` are left out.
    """
    book = terms.interest
    if not book.rated:
        return sum(points for rule, points in lead.given.items() if rule not in but)
    tally = lead.tally
    if tally is None or tally.stale or tally.book is not book or not tally.at <= now < tally.until:
        tally = _tally(lead, terms)
    sums = tally.sums
    if now >= tally.until or now - lead.active_at >= book.quiet_ms or but:
        sums = sums.copy()
        for change in _changes(lead, book, tally, now, but):
            sums.enter(*change)
    return sums.within(terms.interest_ceiling)


def _changes(
    lead: Lead, book: Rulebook, tally: Tally, now: int, but: Collection[str]
) -> Iterator[tuple[str, int, int]]:
    """What of the tally is otherwise at that instant, or left out: `(rule, points in the tally, points instead)`."""
    if now >= tally.until:
        for rule, points in tally.points.items():
            if book.by_name[rule].passing and rule not in but:
                yield rule, points, _total(lead, book.by_name[rule], now)
    for term in _watched(lead, book):
        yield term.name, 0, 0 if term.name in but else _total(lead, term, now)
    for rule in but:
        yield rule, lead.given.get(rule, 0), 0
        yield rule, tally.points.get(rule, 0), 0


def _tally(lead: Lead, terms: Terms) -> Tally:
    """Of what interest is made now: found anew where hits changed, and everywhere when time has changed something."""
    tally, now, book = lead.tally, as_of(lead), terms.interest
    if tally is None or tally.book is not book or not tally.at <= now < tally.until:
        tally = lead.tally = Tally(book, now)
        for rule, hits in daily.counted(lead, book).items():
            _enter_hits(tally, lead, rule, hits, book.by_name.get(rule))
        parts = chain(lead.given.items(), tally.points.items())
        tally.sums = Sums.of(parts, book.group_of, terms.interest_groups)
    elif tally.stale:
        tally.at = now
        _freshen(lead, book, tally)
    return tally


def _freshen(lead: Lead, book: Rulebook, tally: Tally) -> None:
    """Find anew what the rules give whose hits have changed."""
    found = daily.counted(lead, book)
    for rule in tally.stale.union(found) if book.crossed else tally.stale:  # rules may share days
        before = tally.points.pop(rule, 0)
        if tally.lowering:
            tally.lowering -= {rule}
        if rule in found:
            _enter_hits(tally, lead, rule, found[rule], book.by_name.get(rule))
        tally.sums.enter(rule, before, tally.points.get(rule, 0))
    tally.stale = frozenset()


def _enter_hits(tally: Tally, lead: Lead, rule: str, hits: Sequence[Hit], term: Timed | None) -> None:
    """What a rule gives by these hits at the instant of the tally; nothing when it is of an earlier version."""
    only = hits[0] if len(hits) == 1 else None
    if (only or min(hits))[0] < 0:
        tally.lowering |= {rule}
    if term is None or term.highest is not None:
        return
    settled = lead.given.get(rule, 0)
    if only is not None:
        tally.points[rule], end = alone(term, only, settled, tally.at)
    else:
        tally.points[rule] = total(term, hits, settled, lead.arrived_at, tally.at)
        end = until(term, hits, tally.at)
    tally.until = min(tally.until, end)


def lowered(lead: Lead, terms: Terms) -> bool:
    """Whether points were taken off that time may give back."""
    tally = lead.tally
    if tally is None or tally.stale or tally.book is not terms.interest:
        tally = _tally(lead, terms)
    return bool(tally.lowering)


def _total(lead: Lead, term: Timed, now: int) -> int:
    return total(term, lead.hits.get(term.name, ()), lead.given.get(term.name, 0), since(lead, term), now)


def _terms(lead: Lead, book: Rulebook) -> Iterator[Timed]:
    """The rules that may give something; hits of rules of earlier versions count no more."""
    yield from (book.by_name[rule] for rule in lead.hits if rule in book.by_name)
    yield from (term for term in _watched(lead, book) if term.name not in lead.hits)


def _watched(lead: Lead, book: Rulebook) -> list[Timed]:
    """The rules that count what did not happen, and may do so of this lead."""
    return [term for term in book.watching if not term.again or lead.recycles or term.name in lead.hits]


def since(lead: Lead, term: Timed) -> int:
    """The instant from which on the lead is known not to have done what the rule asks for, but for the hits."""
    return max(lead.arrived_at, lead.active_at) if term.silent else lead.arrived_at


def as_of(lead: Lead) -> int:
    """The instant that this lead's interest is as of: when the last thing happened, or time was looked at.

    What is told late does not turn the clock back.
    """
    active_at, rated_at = lead.active_at, lead.rated_at
    return active_at if active_at > rated_at else rated_at  # noqa: FURB136  several times an event


def remember(lead: Lead, rule: str, hit: Hit) -> None:
    """Remember a hit of this rule; of a value that counts once, the last one."""
    hits, (_, at, _, _, value) = lead.hits.get(rule), hit
    if hits is None:
        lead.hits[rule] = [hit]
        lead.touch(rule)
        return
    others = [other for other in hits if other[4] != value] if value else hits
    if len(others) == len(hits) or all(then < at for _, then, _, _, theirs in hits if theirs == value):
        lead.hits[rule] = inserted(others, hit)
        lead.touch(rule)


def forget(lead: Lead, rule: str, places: Collection[int]) -> Hit:
    """Forget hits of this rule by their places in time; gives the last of them."""
    hits = lead.hits.pop(rule)
    lead.touch(rule)
    left = [hit for place, hit in enumerate(hits) if place not in places]
    if left:
        lead.hits[rule] = left
    return hits[max(places)]


def hits_of(lead: Lead, message: Message, met: Iterable[Timed], terms: Terms) -> tuple[tuple[str, int, str], ...]:
    """The hits of an activity that meets these rules, `(rule, points, value)`, but for those that change nothing."""
    if lead.excluded in terms.unscored:
        return ()
    found = []
    for term in met:
        if term.span is None or term.span.start <= message.at < term.span.end:
            value = daily.mark(message) if term.daily else term.value(message.data) if term.value else ""
            if not value or term.passing or term.most or not _knows(lead, term.name, value):
                found.append((term.name, term.points, value))
    return tuple(found)


def _knows(lead: Lead, rule: str, value: str) -> bool:
    for _, _, _, _, known in lead.hits.get(rule, ()):  # noqa: SIM110  half the price of `any`
        if known == value:
            return True
    return False


def adds(lead: Lead, hit: tuple[str, int, str], book: Rulebook) -> bool:
    """Whether a rule gives no less with this hit too, now and at any time, when it is the last thing that happened.

    For books that give nothing for what did not happen.
    """
    rule, points, value = hit
    term, hits = book.by_name[rule], lead.hits.get(rule, ())
    if points < 0 or term.daily or len(hits) >= HITS_MAX or any(had > points for had, *_ in hits):
        return False  # one is forgotten, or an earlier version gave more
    return not (value and term.most) or not _knows(lead, rule, value)  # it may not count in the place of the other


def settle(lead: Lead, noted: Iterable[tuple[str, int, str]], terms: Terms) -> Iterator[Fact]:
    """Forget hits that count no more, of the rules that were met."""
    now = as_of(lead)
    for rule, _, _ in noted:
        term, hits = terms.interest.by_name[rule], lead.hits.get(rule)
        if hits and (now - hits[0][1] >= term.kept_ms or len(hits) > HITS_MAX):
            yield from _settle(lead, term, terms)


def _settle(lead: Lead, term: Timed, terms: Terms) -> Iterator[Fact]:
    """Forget hits that count no more, and one when there are too many: with what it gave for good."""
    if term.daily:
        yield from daily.let_go(lead, term.name, terms.interest)
        return
    hits, now = lead.hits[term.name], as_of(lead)
    gone = tuple(place for place, hit in enumerate(hits) if done(term, hit, now)) if term.passing else ()
    if gone:
        yield HitsSettled(term.name, gone, 0)
    elif len(hits) > HITS_MAX:
        left, points = {*limited(term, hits)}, 0
        places = sorted(range(len(hits)), key=lambda place: hits[place] in left)[: len(hits) - HITS_MAX]
        if not term.passing and not term.occurring:  # then they gave it for good
            theirs = shares(term, hits, lead.given.get(term.name, 0), lead.arrived_at, now)
            counted = {share.hit: share.points for share in theirs}
            points = sum(counted.get(hits[place], 0) for place in places)
        yield HitsSettled(term.name, tuple(sorted(places)), points)


def settle_all(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """The same for every rule: there are as many as two leads had."""
    book = terms.interest.by_name
    for term in [book[rule] for rule in lead.hits if rule in book]:
        yield from _settle(lead, term, terms)


def turns(lead: Lead, terms: Terms, now: int) -> list[int]:
    """The instants after now at which interest may change though nothing happens, in order."""
    found: set[int] = set()
    for term in _terms(lead, terms.interest):
        found.update(changes(term, lead.hits.get(term.name, ()), since(lead, term)))
    return sorted(at for at in found if at > now)
