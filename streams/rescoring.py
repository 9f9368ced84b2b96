"""Takes a lead from one version of the agreement to the next; what changes of its points are facts."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.fact import Fact, HitsSettled, InterestRescored, Profiled
from streams import daily, score
from streams.rating import as_of
from streams.row import Lead
from streams.terms import Terms
from streams.timed import total


def renew(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """What this version makes of the points that the version before gave: as little as it says, and nothing twice."""
    changes = score.fit(lead, {}, terms) if terms.rescore != "none" else ()
    if changes:
        yield Profiled({}, changes)
    yield from renew_interest(lead, terms)


def renew_interest(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """The same of interest alone."""
    before = terms.numbered(lead.agreement)
    if before is not None:
        was, now = before.interest.by_name, terms.interest.by_name
        gone = [rule for rule, term in was.items() if rule not in now or now[rule].daily != term.daily]
        yield from _keep(lead, before, gone)
        if before.interest.rated and not terms.interest.rated:  # nothing is cut any more when interest is asked for
            yield from become(lead, score.within((entry[:2] for entry in lead.interests), before, apart=False))
    if terms.rescore == "all":
        yield from _interest(lead, terms)


def become(lead: Lead, want: Mapping[str, int]) -> Iterator[Fact]:
    """Let the ledger say what is wanted of points of interest, by rule."""
    changes = tuple((rule, want.get(rule, 0) - had) for rule, had in lead.given.items() if want.get(rule, 0) != had)
    if changes:
        yield InterestRescored(changes, ())


def keep_late(lead: Lead, then: Terms, terms: Terms) -> Iterator[Fact]:
    """What was told late, by the version of then, stays although its rule keeps no hits any more."""
    was, now = then.interest.by_name, terms.interest.by_name
    yield from _keep(lead, then, [rule for rule, term in was.items() if term.daily and rule not in now])


def _keep(lead: Lead, before: Terms, gone: Sequence[str]) -> Iterator[Fact]:
    """What was given by rules whose hits count otherwise now, or no more, stays as it was."""
    was = before.interest.by_name
    places = {rule: range(len(lead.hits[rule])) for rule in gone if rule in lead.hits}
    yield from daily.settle(lead, {rule: theirs for rule, theirs in places.items() if was[rule].daily}, before.interest)
    for rule in [rule for rule in places if not was[rule].daily]:
        hits, settled = lead.hits[rule], lead.given.get(rule, 0)
        points = total(was[rule], hits, settled, lead.arrived_at, as_of(lead))
        yield HitsSettled(rule, tuple(places[rule]), points)


def _interest(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """Each rule's times at its new points, in the order in which they were given first."""
    have, want = lead.given, _wanted(lead, terms)
    points = tuple((rule, want[rule] - had) for rule, had in have.items() if want[rule] != had)
    timed = terms.interest.by_name
    worth = {rule: timed[rule].points for rule in lead.hits if rule in timed}
    hits = tuple((rule, now) for rule, now in worth.items() if any(had != now for had, *_ in lead.hits[rule]))
    if points or hits:
        yield InterestRescored(points, hits)


def _wanted(lead: Lead, terms: Terms) -> dict[str, int]:
    """What the sums of each rule would be now, within the ceilings."""
    worth = {term.name: term.points for theirs in terms.interest.plain.values() for term in theirs}
    worth |= {rule: term.points for rule, term in terms.interest.by_name.items() if term.daily}
    entries = sorted(lead.interests, key=lambda entry: entry[3])
    given = ((rule, worth[rule] * times) for rule, _, times, *_ in entries if rule in worth)
    return score.within(given, terms, apart=terms.interest.apart)


def remember(lead: Lead, fact: InterestRescored) -> None:
    """Let the ledger say what is given now; a rule that gives nothing any more has no entry."""
    changes, worth = dict(fact.points), dict(fact.hits)
    for rule, change in changes.items():
        theirs = [entry for entry in lead.interests if entry[0] == rule]
        total = sum(points for _, points, *_ in theirs) + change
        kept = [(rule, total, sum(entry[2] for entry in theirs), *theirs[-1][3:])] if total else []
        lead.interests = [entry for entry in lead.interests if entry[0] != rule] + kept
        lead.interest += change
    for rule, now in worth.items():
        lead.hits[rule] = [(now, *hit[1:]) for hit in lead.hits[rule]]
    lead.forget_given()
