"""How a lead comes into the hands of sales, and how it leaves them."""

import pytest

from schemas.fact import (
    DeadlineEnded,
    HandedOver,
    Lost,
    NurtureEntered,
    NurtureLeft,
    OwnerChanged,
    Qualified,
    Rejected,
    Reopened,
    Returned,
    StageMoved,
    TakenOn,
    Won,
)
from tests.streams.given import (
    DAY,
    HOT,
    MONDAY,
    Event,
    accepted,
    agreed,
    attempt,
    demo,
    given,
    kinds,
    lost,
    move,
    owner,
    page,
    pricing,
    profile,
    qualified,
    rejected,
    returned,
    trial,
    won,
)

DUE = MONDAY + DAY
"""Eight working hours after a demo asked for at MONDAY."""
ASKED = demo(MONDAY)


# ---- into the hands of sales


def test_an_accepted_mql_is_in_the_hands_of_who_accepted_it() -> None:
    assert given(ASKED).when(accepted(DUE)) == [
        DeadlineEnded("met", DUE),
        OwnerChanged("sam"),
        StageMoved("mql", "accepted", ("accepted",), "sales", "accepted"),
    ]


def test_sales_may_accept_a_lead_that_nobody_handed_over() -> None:
    story = given(profile())
    assert story.when(accepted(by="")) == [
        TakenOn(""),
        NurtureLeft("awareness", "accepted", ""),
        StageMoved("contact", "accepted", ("lead", "mql", "accepted"), "sales", "accepted"),
    ]
    assert story.lead.owner == ""


def test_the_same_owner_is_not_told_twice() -> None:
    assert kinds(given(demo(), accepted(by="sam")).when(qualified(by="sam"))) == ["qualified", "stage_moved"]


def test_an_owner_stays_when_nobody_is_named() -> None:
    assert given(demo(), owner(owner="kim"), accepted(by="")).lead.owner == "kim"


def test_sales_confirm_an_opportunity_with_the_attempts_it_took() -> None:
    story = given(demo(), attempt(), accepted(), attempt(outcome="answered"))
    assert story.when(qualified()) == [
        Qualified("sam", 2),
        StageMoved("accepted", "sql", ("sql",), "sales", "qualified"),
    ]


def test_a_sale_of_a_confirmed_opportunity() -> None:
    story = given(qualified())
    assert story.when(won()) == [
        Won(1200.0, "EUR", "sam"),
        StageMoved("sql", "customer", ("customer",), "sales", "won"),
    ]
    assert (story.lead.stage, story.lead.with_sales, story.lead.owner) == ("customer", False, "sam")


def test_a_sale_by_hand_has_no_amount() -> None:
    assert given(qualified()).when(move(to="customer"))[0] == Won(0.0, "EUR", "sam")


def test_who_buys_was_qualified_whether_sales_said_so_or_not() -> None:
    assert given(profile(), attempt()).when(won(by="")) == [
        TakenOn(""),
        NurtureLeft("awareness", "accepted", ""),
        Qualified("", 1),
        StageMoved("contact", "sql", ("lead", "mql", "accepted", "sql"), "sales", "qualified"),
        Won(1200.0, "EUR", ""),
        StageMoved("sql", "customer", ("customer",), "sales", "won"),
    ]


# ---- out of the hands of sales


def test_a_rejected_lead_is_disqualified_and_on_no_track() -> None:
    story = given(profile())
    assert story.when(rejected()) == [
        Rejected("spam", "sam"),
        StageMoved("contact", "disqualified", (), "sales", "spam"),
        NurtureLeft("awareness", "disqualified", "sam"),
    ]
    assert not given(demo(), rejected()).lead.with_sales


def test_sales_return_a_lead_with_a_reason_that_names_its_track() -> None:
    story = given(ASKED, attempt())
    assert story.when(returned(reason="not_ready")) == [
        Returned("not_ready", "sam", 1, "consideration", 20),
        StageMoved("mql", "lead", (), "sales", "not_ready"),
        NurtureEntered("consideration", "return", "not_ready", "sam"),
    ]


def test_a_reason_without_a_track_starts_none() -> None:
    terms = agreed(return__reasons={"no_answer": "", "not_ready": ""})
    story = given(demo(), terms=terms)
    assert kinds(story.when(returned(by=""))) == ["deadline_ended", "returned", "stage_moved"]
    assert story.lead.track == ""


def test_a_lost_opportunity_goes_back_to_marketing() -> None:
    story = given(qualified())
    assert story.when(lost(reason="chose_competitor", by="")) == [
        Lost("chose_competitor", "", 20),
        StageMoved("sql", "lead", (), "sales", "chose_competitor"),
        NurtureEntered("awareness", "loss", "chose_competitor", "sales"),
    ]
    assert (story.lead.with_sales, story.lead.again_at) == (False, 20)


@pytest.mark.parametrize(
    ("history", "to", "facts"),
    [
        ([ASKED], "accepted", ["deadline_ended", "owner_changed", "stage_moved"]),
        ([accepted()], "sql", ["qualified", "stage_moved"]),
        ([qualified()], "customer", ["won", "stage_moved"]),
        ([qualified()], "disqualified", ["rejected", "stage_moved"]),
    ],
)
def test_a_move_by_hand_means_what_its_feedback_means(history: list[Event], to: str, facts: list[str]) -> None:
    story = given(*history)
    assert kinds(story.when(move(to=to))) == facts
    assert story.lead.stage == to


def test_a_customer_who_left_is_a_lead_again() -> None:
    story = given(pricing(), won())
    assert story.when(move(to="lead", reason="left us")) == [
        Reopened("left us", "sam", 31),
        StageMoved("customer", "lead", (), "sales", "left us"),
        NurtureEntered("consideration", "stage", "lead", "agreement"),
    ]
    assert story.lead.peak == "customer"


def test_who_was_wrongly_disqualified_is_a_lead_again() -> None:
    story = given(rejected())
    assert story.when(move(to="lead"))[1] == StageMoved(
        "disqualified", "lead", ("contact", "lead"), "sales", "moved by hand"
    )


def test_who_is_a_lead_again_is_not_handed_over_for_what_was_before() -> None:
    story = given(*HOT, rejected(), trial(), move(to="lead"))
    assert (story.lead.score, story.lead.again_at) == (90, 110)
    story.and_then(page(), pricing())
    assert (story.lead.stage, story.lead.handoffs) == ("lead", 1)


def test_a_handoff_is_a_fact_with_its_deadline() -> None:
    assert given().when(demo(MONDAY))[-1] == HandedOver(1, "conversion", "demo", "", 0, "Asked for a demo.", DUE)


def test_points_of_a_lead_that_is_with_sales_still_count() -> None:
    assert given(demo(), pricing()).lead.interest == 11
