"""How two histories become one: what the lead of both is, whichever of the two it was before."""

from base64 import b64encode
from zlib import compress

import pytest

from streams.row import FORMAT, HEADER, NEVER
from streams.union import unfolded
from tests.streams.given import (
    ADA,
    Event,
    Maker,
    agreed,
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
from tests.streams.house import BOB, House, at, identified, merged

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
