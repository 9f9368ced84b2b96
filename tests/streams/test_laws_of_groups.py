"""What holds for people of several ids and accounts, in several lanes: who is where is known everywhere alike."""

from collections import Counter
from dataclasses import replace
from functools import cache, partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.groups import PREFIX, is_group
from streams.handoff import ledger
from streams.terms import Terms
from tests.streams.agreeing import telling
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MONDAY,
    Maker,
    accepted,
    agreed,
    attempt,
    boss,
    consent,
    content,
    demo,
    event,
    lost,
    owner,
    page,
    profile,
    rejected,
    returned,
    said,
    trial,
    unsubscribed,
    won,
)
from tests.streams.histories import law
from tests.streams.house import BOB, CY, House
from tests.streams.test_groups import GROUPS, ring

IDS = (ADA, BOB, CY)
MAKERS: tuple[Maker, ...] = (
    *(page, content, trial, boss, demo, unsubscribed, accepted, attempt, returned, rejected, won, lost),
    partial(consent, marketing=True),
    partial(owner, owner="sam"),
    *(
        partial(profile, company=company, seniority=seniority)
        for company in ("acme", "umbra")
        for seniority in ("vp", "x")
    ),
    *(partial(event, "merged", into=into) for into in IDS),
    *(partial(event, "identified", known_as=into) for into in IDS),
)
WHO = st.sampled_from([*IDS, f"{PREFIX}acme"])
TOLD = st.lists(
    st.tuples(st.sampled_from(MAKERS), WHO, st.integers(0, 20 * 24), st.booleans()), min_size=5, max_size=40
)
often = settings(law, max_examples=150)


@cache
def terms() -> list[Terms]:
    """Agreements that nurture by stage, with groups that are easily handed over."""
    groups = agreed(groups={**GROUPS, "score": 10, "others": 60}).groups
    tracks = {"contact": "awareness", "lead": "consideration", "customer": "reconnect"}
    return [replace(each, groups=groups, stage_tracks=tracks, resets=n % 2 == 0) for n, each in enumerate(telling())]


def lived(agreement: Terms, told: list[tuple[Maker, str, int, bool]]) -> House:
    """What came of it, when all letters have arrived and all deadlines are over."""
    house = House(agreement).send(profile(MONDAY, ADA, company="acme", seniority="vp"), trial(MONDAY, ADA)).settle()
    for make, lead, hours, settles in told:
        house.send(make(MONDAY + hours * HOUR, lead))
        if settles:
            house.settle()
    house.settle()
    for day in (30, 35, 39):
        ring(house, MONDAY + day * DAY)
    return house


@often
@given(st.deferred(lambda: st.sampled_from(terms())), TOLD)
def test_a_group_has_those_members_who_believe_it(agreement: Terms, told: list[tuple[Maker, str, int, bool]]) -> None:
    leads = list(lived(agreement, told).replay.leads())
    for group in filter(lambda each: is_group(each.id), leads):
        members = {member: (role, points) for role, points, *_, member in group.interests}
        assert members == {each.id: each.groups[group.id] for each in leads if group.id in each.groups}
        assert group.score == sum(entry.points for entry in ledger(group, agreement))


@often
@given(st.deferred(lambda: st.sampled_from(terms())), TOLD)
def test_leads_are_counted_where_they_are(agreement: Terms, told: list[tuple[Maker, str, int, bool]]) -> None:
    house = lived(agreement, told)
    people = [lead for lead in house.replay.leads() if lead.history and not is_group(lead.id)]
    counted = {key[1]: number for key, number in house.replay.counts().items() if key[0] == "leads" and number}
    assert counted == Counter(lead.stage for lead in people)
    assert all(lead.with_sales == (lead.stage in {"mql", "accepted", "sql"}) for lead in people)
    assert all(lead.stage == "mql" for lead in people if lead.due_at is not None)


@often
@given(st.deferred(lambda: st.sampled_from(terms())), TOLD)
def test_marketing_hear_who_is_on_which_track(agreement: Terms, told: list[tuple[Maker, str, int, bool]]) -> None:
    house, tracks = lived(agreement, told), dict[str, Any]()
    for kind, data in said(house.said):
        if kind == "nurture.entered":
            assert data["lead"] not in tracks, "it was on one already"
            tracks[data["lead"]] = data["track"]
        elif kind == "nurture.left":
            assert tracks.pop(data["lead"]) == data["track"]
    leads = list(house.replay.leads())
    assert tracks == {lead.id: lead.track for lead in leads if lead.track}
    assert all(lead.reachable and not lead.with_sales and lead.stage != "disqualified" for lead in leads if lead.track)
