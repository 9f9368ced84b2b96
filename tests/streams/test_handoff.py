"""When marketing hands a lead to sales."""

from typing import get_args

import pytest

from schemas.bounds import Conversion
from schemas.fact import Acted, Converted, HandedOver, Noticed, NurtureLeft, StageMoved
from streams.handoff import WISH
from tests.streams.given import (
    HOT,
    HOUR,
    MONDAY,
    Event,
    accepted,
    agreed,
    attended,
    boss,
    consent,
    content,
    demo,
    event,
    form,
    given,
    kinds,
    lost,
    move,
    page,
    pricing,
    profile,
    qualified,
    rejected,
    returned,
    trial,
    unsubscribed,
    won,
)

NEXT_DAY = MONDAY + 24 * HOUR


# ---- by score


def test_a_lead_is_handed_over_when_its_score_reaches_the_threshold() -> None:
    facts = given(*HOT[:-1]).when(attended(MONDAY))
    assert facts == [
        Acted("event_attended", (("event attended", 12),), "webinar-1"),
        StageMoved("lead", "mql", ("mql",), "agreement", "Score 65 (fit 45 + interest 20); 60 are needed."),
        HandedOver(1, "score", "", "", 65, "Score 65 (fit 45 + interest 20); 60 are needed.", NEXT_DAY),
        NurtureLeft("consideration", "handoff", "agreement"),
    ]


def test_a_lead_is_handed_over_once() -> None:
    story = given(*HOT)
    assert [kinds(story.when(each)) for each in (trial(), attended(), pricing())] == [["acted"]] * 3
    assert story.lead.handoffs == 1


def test_a_score_one_point_short_hands_nobody_over() -> None:
    story = given(*HOT, terms=agreed(handoff__score=66))
    assert story.lead.score == 65
    assert story.lead.stage == "lead"
    assert "handed_over" in kinds(story.when(page()))


def test_interest_alone_does_not_make_a_handoff() -> None:
    story = given(profile(company="Ada & Co"), trial(), pricing(), pricing(), content(), content(), attended())
    assert (story.lead.fit, story.lead.interest) == (0, 25 + 20 + 28 + 2)
    assert story.lead.stage == "lead"
    assert kinds(story.when(profile(seniority="manager"))) == [
        "acted",
        "profiled",
        "stage_moved",
        "handed_over",
        "nurture_left",
    ]


def test_a_stranger_is_not_handed_over_by_score() -> None:
    story = given(*[pricing() for _ in range(4)], terms=agreed(handoff__score=10, handoff__fit_min=0))
    assert story.lead.score == 24
    assert story.lead.stage == "visitor"
    assert "handed_over" in kinds(story.when(form()))


def test_who_unsubscribed_is_not_handed_over_by_score() -> None:
    story = given(boss(), unsubscribed(), content(), attended())
    assert story.lead.score == 65
    assert story.lead.stage == "lead"


def test_consent_makes_up_for_it() -> None:
    story = given(boss(), unsubscribed(), content(), attended())
    assert "handed_over" in kinds(story.when(consent(marketing=True)))


def test_a_disqualified_lead_is_not_handed_over_by_score() -> None:
    story = given(boss(), rejected(), content(), attended(), trial())
    assert story.lead.stage == "disqualified"
    assert story.lead.handoffs == 0


# ---- by conversion


def test_every_conversion_has_its_words() -> None:
    assert set(WISH) == set(get_args(Conversion))


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("demo", "Asked for a demo."),
        ("assessment", "Asked for an assessment."),
        ("consultation", "Asked for a consultation."),
        ("contact_request", "Asked to be contacted."),
    ],
)
def test_who_asks_is_handed_over_at_once(kind: str, why: str) -> None:
    story = given()
    facts = story.when(demo(MONDAY, kind=kind))
    assert facts[2:] == [
        Converted(kind),
        StageMoved("visitor", "contact", ("contact",), "agreement", "conversion_made"),
        StageMoved("contact", "mql", ("lead", "mql"), "agreement", why),
        HandedOver(1, "conversion", kind, "", 0, why, NEXT_DAY),
    ]
    assert story.lead.with_sales


def test_a_conversion_that_is_not_agreed_on_hands_nobody_over() -> None:
    story = given(demo(kind="assessment"), terms=agreed(handoff__conversions=["demo"]))
    assert story.lead.stage == "contact"
    assert story.lead.handoffs == 0


def test_who_unsubscribed_may_still_ask() -> None:
    assert given(unsubscribed(), demo()).lead.stage == "mql"


@pytest.mark.parametrize(
    ("history", "standing"),
    [
        (HOT, "is with you already"),
        ([accepted()], "is with you already"),
        ([qualified()], "is with you already"),
        ([won()], "is with you already"),
        ([rejected()], "was disqualified"),
    ],
    ids=["handed over", "accepted", "qualified", "customer", "disqualified"],
)
def test_sales_are_told_when_who_is_not_to_be_handed_over_asks(history: list[Event], standing: str) -> None:
    story = given(*history)
    stage, handoffs = story.lead.stage, story.lead.handoffs
    assert story.when(demo())[1:] == [
        Converted("demo"),
        Noticed("converted", "sales", f"ada {standing} and asked for a demo."),
    ]
    assert (story.lead.stage, story.lead.handoffs) == (stage, handoffs)


def test_nobody_is_told_of_a_conversion_that_is_not_agreed_on() -> None:
    story = given(accepted(), terms=agreed(handoff__conversions=[]))
    assert kinds(story.when(demo())) == ["acted", "converted"]


# ---- again


@pytest.mark.parametrize("back", [returned(), lost()], ids=["returned", "lost"])
def test_a_lead_that_came_back_needs_more_points_than_it_came_back_with(back: Event) -> None:
    story = given(*HOT, back)
    assert (story.lead.score, story.lead.again_at) == (65, 85)
    story.and_then(content(), pricing())
    assert (story.lead.score, story.lead.stage) == (65 + 8 + 11 - 0, "lead")
    facts = story.when(event("email_opened", email="letter"))
    assert (story.lead.score, story.lead.handoffs) == (85, 2)
    assert facts[1:3] == [
        StageMoved("lead", "mql", (), "agreement", "Score 85 (fit 45 + interest 40); 85 are needed."),
        HandedOver(2, "score", "", "", 85, "Score 85 (fit 45 + interest 40); 85 are needed.", facts[2].due_at),
    ]


def test_a_lead_that_came_back_early_needs_the_threshold_all_the_same() -> None:
    story = given(boss(), accepted(), returned(), content())
    assert (story.lead.score, story.lead.again_at) == (53, 65)
    assert story.and_then(attended()).lead.handoffs == 1


def test_a_lead_that_came_back_may_ask_at_any_time() -> None:
    story = given(*HOT, returned())
    assert "handed_over" in kinds(story.when(demo()))
    assert story.lead.handoffs == 2


def test_the_deadline_runs_from_when_the_lead_asked() -> None:
    late = MONDAY - 72 * HOUR  # Friday, 10:00 in Berlin
    story = given(page(MONDAY))
    story.when(demo(late))
    assert story.lead.due_at == MONDAY


def test_by_hand_nobody_becomes_an_mql() -> None:
    story = given(page())
    assert story.when(move(to="mql"))[0].reason == "forbidden_move"
    assert story.lead.stage == "visitor"
