"""How two histories become one: what the lead of both is, whichever of the two it was before."""

from base64 import b64encode
from zlib import compress

import pytest

from streams.row import FORMAT, HEADER, NEVER
from streams.union import unfolded
from tests.streams.given import (
    ADA,
    MINUTE,
    MONDAY,
    Event,
    Maker,
    agreed,
    attempt,
    boss,
    content,
    demo,
    event,
    given,
    owner,
    page,
    profile,
    rejected,
    returned,
    said,
    trial,
    won,
)
from tests.streams.house import BOB, CY, House, at, identified, merged

BOTH = pytest.mark.parametrize(("former", "into"), [(ADA, BOB), (BOB, ADA)])


def joined(former: str, into: str, *events: Event) -> House:
    return House().send(*events, merged(former, into)).settle()


@BOTH
def test_who_came_back_under_one_id_goes_on_with_its_track(former: str, into: str) -> None:
    house = joined(former, into, at(0, demo, BOB), at(1, returned, BOB), at(2, page, ADA))
    assert (house.lead(into).track, house.lead(into).handoffs) == ("consideration", 1)
    assert on_tracks(house) == {into: "consideration"}


@BOTH
@pytest.mark.parametrize(("end", "stage", "track"), [(rejected, "disqualified", ""), (won, "customer", "reconnect")])
def test_whom_sales_refused_or_won_is_no_lead_of_marketing_s(
    former: str, into: str, end: Maker, stage: str, track: str
) -> None:
    terms = agreed(nurture__stages={"contact": "awareness", "customer": "reconnect"})
    house = House(terms).send(at(0, content, ADA), at(1, content, BOB), at(2, end, BOB), merged(former, into)).settle()
    assert (house.lead(into).stage, house.lead(into).track) == (stage, track)
    assert on_tracks(house) == ({into: track} if track else {})


def on_tracks(house: House) -> dict[str, str]:
    """Who is on which track, as marketing have heard."""
    found: dict[str, str] = {}
    for kind, data in said(house.said):
        if kind == "nurture.entered":
            assert data["lead"] not in found
            found[data["lead"]] = data["track"]
        elif kind == "nurture.left":
            assert found.pop(data["lead"]) == data["track"]
    return found


@BOTH
def test_an_owner_is_not_forgotten(former: str, into: str) -> None:
    house = joined(former, into, at(0, content, ADA), at(1, owner, BOB, owner="sam"))
    assert (house.lead(into).stage, house.lead(into).owner) == ("contact", "sam")


@BOTH
def test_of_two_owners_the_one_counts_who_held_the_higher_lead_though_a_third_is_higher(former: str, into: str) -> None:
    owned = [at(0, owner, ADA, owner="kim"), at(1, content, BOB), at(2, owner, BOB, owner="ann"), at(3, demo, CY)]
    house = House().send(*owned, merged(former, CY)).settle().send(merged(into, CY)).settle()
    assert (house.lead(CY).stage, house.lead(CY).owner) == ("mql", "ann")


@BOTH
def test_attempts_are_those_of_the_sale(former: str, into: str) -> None:
    tried = [at(n, make, lead) for lead in (ADA, BOB) for n, make in enumerate((demo, attempt))]
    house = joined(former, into, *tried, at(9, won, BOB))
    assert (house.lead(into).stage, house.lead(into).attempts, house.lead(into).attempts_of_all) == ("customer", 1, 2)


@BOTH
def test_a_lead_was_at_the_higher_stage_of_both_at_any_time(former: str, into: str) -> None:
    house = joined(former, into, at(0, page, ADA), at(1, demo, BOB), at(2, content, ADA), at(3, returned, BOB))
    moves = [("visitor", MONDAY), ("mql", MONDAY + MINUTE), ("lead", MONDAY + 3 * MINUTE)]
    assert house.lead(into).history == moves


@BOTH
def test_an_mql_whose_score_falls_by_its_other_half_is_told(former: str, into: str) -> None:
    terms = agreed(handoff__falls="tell", handoff__fit_min=5)
    events = [at(0, boss, ADA), at(1, trial, ADA), at(2, trial, ADA), at(9, profile, BOB, seniority="intern")]
    events += [at(9, profile, BOB, company_size=1), at(9, profile, BOB, country="US")]
    house = House(terms).send(*events)
    assert house.lead(ADA).stage == "mql"
    house.send(merged(former, into)).settle()
    assert "cooled" in [data["kind"] for kind, data in said(house.said) if kind == "notice.given"]


def test_nobody_is_told_that_a_lead_is_known_as_itself() -> None:
    house = House().send(at(0, demo, ADA), at(1, content, BOB), merged(ADA, BOB), merged(BOB, ADA)).settle()
    assert house.lead(ADA).stage == "mql"
    assert [data["text"] for kind, data in said(house.said) if kind == "notice.given"] == []


def test_a_message_that_comes_again_is_known_though_the_lead_has_seen_many_of_its_own() -> None:
    name, reads = identified(BOB, ADA), [at(n, page, ADA) for n in range(9)]
    house = House(agreed(duplicates__remember=4)).send(at(0, page, BOB), *reads, name).settle()
    house.send(at(30, page, ADA), name).settle()
    assert house.lead(ADA).activity == {"page_viewed": 11, "identified": 1}


@pytest.mark.parametrize(
    "body",
    ["", "{}", "[]", "[1, 2, 3, 4, 5, 6, 7]", f"[{'null, ' * 40}null]", f"[[], [], [], {{}}, [], {{}}{', 7' * 33}]"],
)
def test_a_history_of_another_shape_is_refused(body: str) -> None:
    row = HEADER.pack(FORMAT, NEVER, 0) + body.encode()
    story = given(page())
    story.when(event("history_transferred", former=BOB, why="merged", history=b64encode(compress(row)).decode()))
    assert story.end == "refused"
    assert story.lead.activity == {"page_viewed": 1}


def test_a_history_of_another_format_is_refused() -> None:
    history = b64encode(compress(HEADER.pack(FORMAT - 1, NEVER, 0) + b"[]")).decode()
    with pytest.raises(ValueError, match=f"has format {FORMAT - 1}, this program reads {FORMAT}"):
        unfolded(BOB, history)
