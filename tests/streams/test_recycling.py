"""Leads that come back: what is remembered of it, and on which terms they are handed over again."""

from typing import Any

import pytest

from schemas import fact as f
from streams.handoff import ledger
from tests.schemas.test_sense import found
from tests.streams.given import (
    DAY,
    HOT,
    HOUR,
    MINUTE,
    MONDAY,
    Story,
    accepted,
    agreed,
    content,
    default,
    demo,
    event,
    given,
    kinds,
    lost,
    move,
    pricing,
    qualified,
    returned,
    trial,
)


def back(**changes: Any) -> Story:
    """A lead that was handed over by its score, and given back."""
    return given(*HOT, returned(reason="no_budget"), terms=agreed(return__again_points=10, **changes))


def test_the_first_handoff_is_remembered_for_ever() -> None:
    story = given(*HOT)
    first = story.lead.mql_at
    assert first == MONDAY + 3 * MINUTE
    story.and_then(returned(), demo(MONDAY + 9 * DAY))
    assert (story.lead.mql_at, story.lead.handoffs) == (first, 2)


def test_how_often_and_why_a_lead_came_back_is_remembered() -> None:
    story = given(*HOT, returned(reason="no_budget"), demo(), accepted(), qualified(), lost(reason="not_ready"))
    lead = story.lead
    assert (lead.recycles, lead.recycle_reason, lead.reason_before) == (2, "not_ready", "no_budget")


def test_the_packet_says_that_a_lead_came_back() -> None:
    story = back()
    story.when(demo())
    (packet,) = [data for kind, data in story.said if kind == "handoff.requested"]
    assert (packet["recycled"], packet["recycle_reason"]) == (1, "no_budget")


def test_points_of_interest_are_kept_when_a_lead_comes_back() -> None:
    story = back()
    assert (story.lead.score, story.lead.again_at) == (65, 75)


def test_a_lead_begins_again_without_interest_if_the_agreement_says_so() -> None:
    story = given(*HOT, terms=agreed(return__again_points=10, return__interest="reset"))
    facts = story.when(returned())
    assert f.InterestReset(20) in facts
    assert (story.lead.fit, story.lead.interest, story.lead.again_at) == (45, 0, 55)
    assert sum(entry.points for entry in ledger(story.lead, story.relay.terms)) == story.lead.score
    assert story.and_then(content()).lead.interest == 8
    assert story.and_then(pricing()).lead.stage == "mql"


def test_silence_counts_at_once_for_a_lead_that_begins_again() -> None:
    quiet = {"name": "quiet", "on": "page_viewed", "points": -5, "times": {"max": 0}, "within_days": 1}
    terms = agreed(interest__rules=[*default()["interest"]["rules"], quiet], return__interest="reset")
    story = given(*HOT, trial(MONDAY + 2 * DAY), terms=terms)
    assert story.lead.interest == 40
    facts = story.when(returned())
    assert facts[-2:] == [
        f.Rated(-5, MONDAY + 2 * DAY),
        f.NurtureEntered("consideration", "return", "not_ready", "sam"),
    ]
    assert sum(entry.points for entry in ledger(story.lead, terms)) == story.lead.score


def test_who_has_no_interest_has_nothing_to_lose() -> None:
    story = given(demo(), terms=agreed(return__interest="reset"))
    assert "interest_reset" not in kinds(story.when(returned()))


def test_a_lead_rests_before_it_is_handed_over_again() -> None:
    story = back(return__pause_days=30)
    until = story.lead.paused_until
    assert until == MONDAY + 4 * MINUTE + 30 * DAY
    story.and_then(trial(), content())
    assert (story.lead.stage, story.lead.score) == ("lead", 98)
    assert story.lead.look_at == until
    assert "handed_over" in kinds(story.remind(until + 15 * MINUTE))


def test_who_asks_is_handed_over_though_it_rests() -> None:
    assert "handed_over" in kinds(back(return__pause_days=30).when(demo()))


def test_a_lead_that_lost_its_interest_while_it_rested_is_not_handed_over() -> None:
    rules = [
        {"name": "paper", "on": "content_downloaded", "points": 30, "within_days": 20},
        {"name": "trial", "on": "trial_started", "points": 30, "within_days": 20},
    ]
    story = given(*HOT, returned(), terms=agreed(interest__rules=rules, return__pause_days=30))
    story.and_then(trial())
    assert story.lead.stage == "lead"
    assert story.lead.look_at is None


def test_a_rule_may_be_for_leads_that_came_back_alone() -> None:
    again = {"name": "is back", "on": "any", "points": 15, "only": "returned", "at_most": 1, "per_days": 30}
    rules = [*default()["interest"]["rules"], again]
    story = given(*HOT, terms=agreed(interest__rules=rules))
    assert story.lead.score == 65
    story.and_then(returned(), event("page_viewed", url="/"), event("page_viewed", url="/"))
    assert story.lead.score == 65 + 15 + 2
    assert story.and_then(event("page_viewed", at=MONDAY + 31 * DAY, url="/")).lead.score == 82 + 15 + 1


def test_silence_of_leads_that_came_back_is_not_that_of_others() -> None:
    quiet = {"name": "quiet", "on": "page_viewed", "points": -5, "times": {"max": 0}, "within_days": 1}
    story = given(*HOT, terms=agreed(interest__rules=[*default()["interest"]["rules"], quiet | {"only": "returned"}]))
    assert story.and_then(trial(MONDAY + 2 * DAY)).lead.interest == 45
    assert f.Rated(40, MONDAY + 2 * DAY) in story.when(returned())
    assert sum(entry.points for entry in ledger(story.lead, story.relay.terms)) == story.lead.score
    assert story.and_then(content()).lead.interest == 53 - 5


def test_the_agreement_says_where_sales_may_move_a_lead() -> None:
    terms = agreed(definitions__moves={"contact": ["accepted"], "mql": ["accepted", "lead"]})
    story = given(content(), terms=terms)
    assert kinds(story.when(qualified())) == ["passed"]
    assert story.end == "refused"
    assert story.and_then(accepted()).lead.stage == "accepted"
    assert story.and_then(qualified()).lead.stage == "sql"  # as usual
    assert kinds(story.when(move(to="mql"))) == ["passed"]


@pytest.mark.parametrize(
    ("moves", "wrong"),
    [
        ({"lead": ["mql"]}, "sales never make a mql"),
        ({"accepted": []}, "nothing leads out of accepted"),
    ],
)
def test_moves_that_make_no_sense(moves: dict[str, list[str]], wrong: str) -> None:
    assert [finding.wrong for finding in found("definitions.moves", moves)] == [wrong]


def test_moves_that_make_sense() -> None:
    assert found("definitions.moves", {"customer": [], "mql": ["accepted", "lead"]}) == []


def test_asking_hands_over_at_most_once_in_so_many_days() -> None:
    terms = agreed(handoff__once_in_days={"conversion": 1})
    story = given(demo(MONDAY), returned(MONDAY + HOUR), terms=terms)
    again = story.when(demo(MONDAY + DAY - 1))
    assert kinds(again) == ["acted", "converted", "noticed"]
    told = "ada asked for a demo, and was handed to you for that at 2026-11-02T09:00:00.000Z."
    assert story.said[-1][1]["text"] == told
    assert "handed_over" in kinds(story.when(demo(MONDAY + DAY)))


def test_points_hand_over_at_most_once_in_so_many_days() -> None:
    terms = agreed(handoff__once_in_days={"points": 9}, return__again_points=1)
    story = given(*HOT, returned(), trial(), terms=terms)
    assert (story.lead.stage, story.lead.paused_until) == ("lead", story.lead.handed_at["points"] + 9 * DAY)
    assert story.lead.look_at == story.lead.paused_until
    assert given(demo(), returned(), terms=terms).lead.paused_until == 0
