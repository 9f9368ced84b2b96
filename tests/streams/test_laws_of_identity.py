"""What holds for leads of many ids, in whatever order they turn out to be one."""

from dataclasses import replace
from functools import partial
from itertools import permutations
from random import Random

from hypothesis import given as of
from hypothesis import strategies as st

from streams.handoff import ledger
from streams.named import scores
from streams.rating import as_of
from streams.row import Lead
from streams.terms import Terms
from tests.streams.agreeing import telling
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MONDAY,
    Event,
    Maker,
    accepted,
    attempt,
    boss,
    content,
    lost,
    owner,
    page,
    pricing,
    qualified,
    rejected,
    returned,
    trial,
    won,
)
from tests.streams.histories import law
from tests.streams.house import BOB, CY, DEE, House, at, identified, merged

Told = list[tuple[str, Maker, int]]
DONE: list[Maker] = [accepted, attempt, qualified, returned, rejected, won, lost, partial(owner, owner="kim")]
TOLD = st.sampled_from([page, pricing, content, trial, boss, *DONE])
SAID = st.lists(st.tuples(st.sampled_from((ADA, BOB, CY)), TOLD, st.integers(0, 20 * 24)), max_size=30)
TERMS = st.deferred(lambda: st.sampled_from([_alone(terms) for terms in telling()]))


def _alone(terms: Terms) -> Terms:
    """The agreement without what a score leads to: that it was reached for a while is not forgotten."""
    out_of_reach = {"lead_score": 100_000, "handoff_score": 100_000}
    return replace(terms, **out_of_reach, conversions=frozenset(), stage_tracks={}, grid=None)


def _events(told: Told) -> list[Event]:
    return [make(MONDAY + hours * HOUR, lead) for lead, make, hours in told]


def _known(lead: Lead) -> Lead:
    """All that is known of a lead but its name, which messages joined it, and which of its points ceilings cut."""
    return replace(lead, id="", seen=b"", interests=[], rated_at=as_of(lead))


@law
@of(TERMS, SAID)
def test_in_whatever_order_leads_are_joined_the_lead_is_the_same(terms: Terms, told: Told) -> None:
    events, late = _events([(ADA, page, 0), (BOB, page, 1), (CY, page, 2), *told]), MONDAY + 30 * DAY
    ends, by_name = [], []
    for one, two, stays in permutations((ADA, BOB, CY)):
        for then in (two, stays):
            house = House(terms).send(*events).send(merged(one, then, late)).settle()
            lead = house.send(merged(two, stays, late)).settle().lead(stays)
            assert sum(entry.points for entry in ledger(lead, terms)) == lead.score
            ends.append(_known(lead))
            by_name.append(scores(lead, terms))
    assert all(each == ends[0] for each in ends)
    assert all(each == by_name[0] for each in by_name)


@law
@of(TERMS, SAID)
def test_a_lead_with_several_ids_is_as_one_that_always_had_the_same(terms: Terms, told: Told) -> None:
    joins = merged(BOB, ADA, MONDAY + 30 * DAY), merged(CY, ADA, MONDAY + 30 * DAY)
    many = House(terms).send(*_events(told), *joins).settle().lead(ADA)
    one = House(terms).send(*_events([(ADA, make, hours) for _, make, hours in told]), *joins).settle().lead(ADA)
    assert (many.fit, many.interest, many.activity, many.profile) == (one.fit, one.interest, one.activity, one.profile)


IDS = (ADA, BOB, CY, DEE)
LINKS = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.booleans()), max_size=8)


@law
@of(LINKS, st.lists(st.sampled_from(IDS), max_size=12), st.randoms(use_true_random=False))
def test_whatever_ids_stand_for_each_other_nothing_is_lost_and_each_leads_to_a_lead(
    links: list[tuple[str, str, bool]], reads: list[str], chance: Random
) -> None:
    house = House()
    mixed = [merged(one, other) if by_hand else identified(one, other) for one, other, by_hand in links]
    mixed += [at(n, page, lead) for n, lead in enumerate(reads)]
    chance.shuffle(mixed)
    for each in mixed:
        house.send(each)
        while house.letters and chance.random() < 0.5:
            house.deliver()  # letters of one lane do not overtake each other
    house.settle()
    leads = [lead for lead in map(house.lead, IDS) if lead.history]
    assert sum(lead.activity.get("page_viewed", 0) for lead in leads) == len(reads)
    for identity in IDS:
        seen = {identity}
        while house.lead(identity).known_as:
            identity = house.lead(identity).known_as  # noqa: PLW2901
            assert identity not in seen, "ids that stand for each other lead nowhere"
            seen.add(identity)
