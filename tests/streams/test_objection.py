"""What speaks against a message: it is refused or ignored whole, and changes nothing."""

import pytest

from schemas.envelope import REASONS
from schemas.fact import Passed
from streams.row import pack
from tests.streams.given import (
    ADA,
    Event,
    accepted,
    agreed,
    demo,
    form,
    given,
    lost,
    move,
    owner,
    page,
    profile,
    qualified,
    rejected,
    returned,
    track,
    unsubscribed,
    won,
)


@pytest.mark.parametrize(
    ("history", "message", "reason", "detail"),
    [
        ([won()], accepted(), "forbidden_move", "sales may not move a lead from customer to accepted"),
        ([won()], qualified(), "forbidden_move", "sales may not move a lead from customer to sql"),
        ([won()], rejected(), "forbidden_move", "sales may not move a lead from customer to disqualified"),
        ([rejected()], won(), "forbidden_move", "sales may not move a lead from disqualified to customer"),
        ([qualified()], accepted(), "forbidden_move", "sales may not move a lead from sql to accepted"),
        ([form()], move(to="mql"), "forbidden_move", "sales may not move a lead from contact to mql"),
        ([form()], move(to="lead"), "forbidden_move", "sales may not move a lead from contact to lead"),
        (
            [accepted()],
            move(to="lead"),
            "forbidden_move",
            "the lead is with sales: send returned or lost, with a reason",
        ),
        ([demo()], returned(reason="bored"), "unknown_reason", "'bored'; agreement 1 has no_answer, not_ready"),
        ([demo()], lost(reason="bored"), "unknown_reason", "'bored'; agreement 1 has no_answer, not_ready"),
        (
            [form()],
            track(track="vip"),
            "unknown_track",
            "'vip'; agreement 1 has awareness, consideration, decision, reconnect",
        ),
    ],
)
def test_what_the_agreement_does_not_allow_is_refused(
    history: list[Event], message: Event, reason: str, detail: str
) -> None:
    story = given(*history, terms=agreed(return__reasons={"no_answer": "reconnect", "not_ready": ""}))
    before = pack(story.lead)
    assert story.when(message) == [Passed("refused", reason, detail)]
    assert story.end == "refused"
    assert pack(story.lead) == before
    assert reason in REASONS


@pytest.mark.parametrize(
    ("history", "message", "reason"),
    [
        ([accepted()], accepted(), "is accepted already"),
        ([won()], won(), "is customer already"),
        ([accepted()], move(to="accepted"), "is accepted already"),
        ([page()], move(to="visitor"), "is visitor already"),
        ([form()], returned(), "not with sales"),
        ([won()], lost(), "not with sales"),
        ([owner(owner="kim")], owner(owner="kim"), "has this owner already"),
        ([form()], track(track="awareness"), "is on this track already"),
        ([unsubscribed()], track(track="awareness"), "may not be nurtured"),
    ],
)
def test_what_has_nothing_to_change_is_ignored(history: list[Event], message: Event, reason: str) -> None:
    story = given(*history)
    lead = story.lead
    assert story.when(message) == [Passed("ignored", reason, "")]
    assert story.end == "ignored"
    lead.seen = story.lead.seen
    assert story.lead == lead


def test_who_is_unknown_is_not_made_known_by_what_is_refused_or_ignored() -> None:
    story = given(returned(), lost(), move(to="mql"), returned(reason="bored"))
    assert story.relay.drafts == {}
    assert ADA.encode() not in story.relay.rows


def test_a_message_that_was_ignored_takes_no_effect_later() -> None:
    back = returned()
    story = given(form(), back, accepted())
    assert story.when(back) == [Passed("repeated", "this event id was seen before", "")]
    assert story.lead.stage == "accepted"


def test_a_message_that_was_refused_may_come_again() -> None:
    back = move(to="lead")
    story = given(profile(), back)
    assert story.end == "refused"
    story.and_then(won(), back)
    assert (story.end, story.lead.stage) == ("applied", "lead")
