"""What a message means for its lead."""

from dataclasses import replace

import pytest

from schemas import topics
from schemas.fact import (
    NAMES,
    Acted,
    Arrived,
    NurtureEntered,
    NurtureLeft,
    Passed,
    ReachChanged,
    StageMoved,
)
from streams.lead import EVOLVE, RULES
from streams.relay import ADOPTING
from streams.row import HISTORY_MAX
from streams.told import SAYING
from tests.streams.given import (
    HOUR,
    MINUTE,
    MONDAY,
    OF,
    Event,
    accepted,
    boss,
    consent,
    content,
    demo,
    event,
    form,
    given,
    kinds,
    move,
    owner,
    page,
    pricing,
    profile,
    qualified,
    rejected,
    returned,
    track,
    unsubscribed,
    won,
)


def test_every_fact_is_remembered_somehow_and_every_message_means_something() -> None:
    assert set(EVOLVE) == set(NAMES)
    handled = {name for name, kind in OF.items() if kind.topic in topics.LETTERS}
    assert set(RULES) == handled - {ADOPTING}
    assert set(SAYING) <= {name for name, kind in OF.items() if ".activity." in kind.type}


# ---- arriving


def test_everybody_arrives_once_as_a_visitor() -> None:
    story = given()
    assert story.when(page(MONDAY, source="search")) == [
        Arrived("search"),
        Acted("page_viewed", (("page read", 1),), "https://example.com/blog"),
    ]
    assert kinds(story.when(page(source="web"))) == ["acted"]
    assert (story.lead.stage, story.lead.source, story.lead.history) == ("visitor", "search", [("visitor", MONDAY)])


@pytest.mark.parametrize("source", ["", "carrier pigeon"])
def test_a_source_that_is_not_agreed_on_is_other(source: str) -> None:
    assert given().when(page(source=source))[0] == Arrived("other")


def test_who_is_known_from_sales_first_has_another_source() -> None:
    assert given().when(accepted())[0] == Arrived("other")


def test_a_late_event_tells_when_the_lead_was_first_seen() -> None:
    story = given(page(MONDAY), page(MONDAY - MINUTE), page(MONDAY + MINUTE), page(MONDAY))
    assert (story.lead.arrived_at, story.lead.active_at) == (MONDAY - MINUTE, MONDAY + MINUTE)


# ---- rising


def test_a_visitor_who_does_more_than_look_is_a_contact() -> None:
    assert given(page()).when(form())[1:] == [
        StageMoved("visitor", "contact", ("contact",), "agreement", "form_submitted"),
        NurtureEntered("awareness", "stage", "contact", "agreement"),
    ]


def test_a_visitor_who_looks_stays_a_visitor_whatever_the_score() -> None:
    story = given(*[pricing() for _ in range(5)])
    assert (story.lead.score, story.lead.stage) == (25, "visitor")


def test_a_contact_with_enough_points_is_a_lead() -> None:
    assert given(form()).when(profile(seniority="manager"))[2:] == [
        StageMoved("contact", "lead", ("lead",), "agreement", "score 20"),
        NurtureLeft("awareness", "moved", "agreement"),
        NurtureEntered("consideration", "stage", "lead", "agreement"),
    ]


def test_who_rises_two_steps_at_once_enters_the_track_of_the_second() -> None:
    assert given(page()).when(boss())[2:] == [
        StageMoved("visitor", "contact", ("contact",), "agreement", "profile_given"),
        StageMoved("contact", "lead", ("lead",), "agreement", "score 46"),
        NurtureEntered("consideration", "stage", "lead", "agreement"),
    ]


def test_a_lead_that_loses_points_stays_a_lead() -> None:
    story = given(boss(), profile(seniority="none", company_size=1, country="XX", role="student"))
    assert (story.lead.score, story.lead.stage) == (-20, "lead")


@pytest.mark.parametrize("end", [won(), rejected()], ids=["customer", "disqualified"])
def test_points_after_the_end_move_nobody(end: Event) -> None:
    story = given(end)
    assert kinds(story.when(boss())) == ["acted", "profiled"]
    assert kinds(story.when(content())) == ["acted"]
    assert story.lead.score == 53


# ---- saying who it is, and whether it may be written to


def test_the_profile_is_what_was_told_last() -> None:
    story = given(profile(name="Ada", role="CTO", source="web"), profile(role="CEO", name=""))
    assert story.lead.profile == {"name": "Ada", "role": "CEO"}


def test_a_late_profile_does_not_take_back_what_was_told_after_it() -> None:
    story = given(profile(role="CEO", at=MONDAY + HOUR), profile(role="CTO", name="Ada", at=MONDAY))
    assert story.lead.profile == {"role": "CEO", "name": "Ada"}


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (unsubscribed(), "unsubscribed"),
        (event("email_bounced", email="letter", kind="hard"), "bounced"),
        (consent(marketing=False), "consent withdrawn"),
    ],
)
def test_who_may_not_be_written_to_leaves_the_track(message: Event, why: str) -> None:
    story = given(form())
    assert story.when(message)[1:] == [
        ReachChanged(reachable=False, why=why),
        NurtureLeft("awareness", "unsubscribed", "ada"),
    ]
    assert not story.lead.reachable
    assert kinds(story.when(replace(message, id="again"))) == ["acted"]


def test_a_soft_bounce_may_come_right() -> None:
    assert kinds(given(form()).when(event("email_bounced", email="letter", kind="soft"))) == ["acted"]


def test_consent_given_again_puts_a_lead_back_on_the_track_of_its_stage() -> None:
    story = given(boss(), unsubscribed())
    assert story.when(consent(marketing=True))[1:] == [
        ReachChanged(reachable=True, why="consent given"),
        NurtureEntered("consideration", "stage", "lead", "agreement"),
    ]


def test_consent_of_a_lead_that_is_with_sales_starts_no_track() -> None:
    assert kinds(given(demo(), unsubscribed()).when(consent(marketing=True))) == ["acted", "reach_changed"]


def test_consent_that_was_given_before_changes_nothing() -> None:
    assert kinds(given(form()).when(consent(marketing=True))) == ["acted"]


# ---- remembering


def test_only_the_last_moves_are_remembered() -> None:
    story = given(*[each for _ in range(8) for each in (demo(), returned())])
    assert len(story.lead.history) == HISTORY_MAX
    assert [stage for stage, _ in story.lead.history[-2:]] == ["mql", "lead"]
    assert story.lead.handoffs == 8


def test_a_decision_is_stamped_with_the_version_that_made_it() -> None:
    story = given(page())
    story.relay.terms = replace(story.relay.terms, number=7)
    assert story.lead.agreement == 1
    assert story.and_then(page()).lead.agreement == 7


# ---- the hand of sales


def test_an_owner_is_remembered_through_a_return() -> None:
    story = given(demo(), owner(owner="kim"), returned())
    assert story.lead.owner == "kim"
    story.when(demo())
    assert story.said[0][1]["owner"] == "kim"


def test_sales_know_people_whom_marketing_never_saw() -> None:
    story = given()
    assert kinds(story.when(track(track="decision"))) == ["arrived", "nurture_entered"]
    assert kinds(story.when(move(to="accepted"))) == ["taken_on", "owner_changed", "nurture_left", "stage_moved"]


def test_nothing_follows_from_what_is_so_already() -> None:
    assert given(qualified()).when(qualified()) == [Passed("ignored", "is sql already", "")]
