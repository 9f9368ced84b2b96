"""Which track a lead is on, who put it there and why."""

import pytest

from schemas.fact import NurtureEntered, NurtureLeft, Passed
from tests.streams.given import (
    Event,
    accepted,
    agreed,
    boss,
    demo,
    event,
    form,
    given,
    kinds,
    lost,
    page,
    qualified,
    rejected,
    returned,
    track,
    unsubscribed,
    won,
)


def test_a_lead_enters_the_track_of_its_stage() -> None:
    story = given(form())
    assert story.lead.track == "awareness"
    assert story.and_then(boss()).lead.track == "consideration"


def test_a_stage_without_a_track_starts_none() -> None:
    story = given(form(), terms=agreed(nurture__stages={"lead": "decision"}))
    assert story.lead.track == ""
    assert story.and_then(boss()).lead.track == "decision"


def test_sales_start_a_track_by_hand() -> None:
    assert given(form()).when(track(track="decision")) == [
        NurtureLeft("awareness", "moved", "sam"),
        NurtureEntered("decision", "by_hand", "", "sam"),
    ]
    assert given(page()).when(track(track="decision", by="")) == [NurtureEntered("decision", "by_hand", "", "sales")]


def test_who_is_on_the_track_already_does_not_enter_it_again() -> None:
    story = given(demo(), track(track="consideration"))
    assert kinds(story.when(returned(reason="not_ready"))) == ["deadline_ended", "returned", "stage_moved"]
    assert story.lead.track == "consideration"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (demo(), "handoff"),
        (accepted(), "accepted"),
        (unsubscribed(), "unsubscribed"),
        (rejected(), "disqualified"),
        (track(track="decision"), "moved"),
    ],
)
def test_a_lead_leaves_its_track(message: Event, why: str) -> None:
    left = [fact for fact in given(form()).when(message) if isinstance(fact, NurtureLeft)]
    assert [(fact.track, fact.why) for fact in left] == [("awareness", why)]


def test_a_lead_that_sales_nurture_themselves_leaves_at_the_sale() -> None:
    assert given(qualified(), track(track="decision")).when(won())[-1] == NurtureLeft("decision", "sale", "sam")


def test_a_customer_may_have_a_track_too() -> None:
    terms = agreed(nurture__tracks=["welcome"], nurture__stages={"customer": "welcome"})
    assert given(qualified(), terms=terms).when(won())[-1] == NurtureEntered(
        "welcome", "stage", "customer", "agreement"
    )


@pytest.mark.parametrize(
    ("message", "reason"),
    [(track(track="decision"), "may not be nurtured"), (lost(), "not with sales")],
)
def test_who_may_not_be_nurtured_enters_no_track(message: Event, reason: str) -> None:
    assert given(unsubscribed()).when(message) == [Passed("ignored", reason, "")]
    assert given(unsubscribed()).lead.track == ""


def test_a_return_of_who_may_not_be_nurtured_names_no_track() -> None:
    story = given(demo(), unsubscribed(), returned())
    assert story.said == [
        (
            "return.made",
            {"lead": "ada", "reason": "not_ready", "by": "sam", "attempts": 0, "track": "", "agreement": 1},
        )
    ]


def test_entering_and_leaving_is_published_with_who_and_why() -> None:
    story = given(form())
    assert story.said == [
        (
            "nurture.entered",
            {
                "lead": "ada",
                "track": "awareness",
                "why": "stage",
                "detail": "contact",
                "by": "agreement",
                "agreement": 1,
            },
        )
    ]
    story.when(event("email_unsubscribed"))
    assert story.said == [
        ("nurture.left", {"lead": "ada", "track": "awareness", "why": "unsubscribed", "by": "ada", "agreement": 1})
    ]
