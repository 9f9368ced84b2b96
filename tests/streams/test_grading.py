"""Grades and ratings: which mark so many points get, and what a handoff says of it."""

from itertools import product
from typing import Any

import pytest

from schemas.fact import HandedOver
from streams.report import sentences
from streams.terms import Terms
from tests.streams.given import HOT, MONDAY, Story, agreed, boss, content, demo, given, kinds, page, pricing, returned

GRID = {
    "fit": {"A": 40, "B": 20, "C": 0},
    "interest": {"1": 30, "2": 10, "3": 0},
    "handoff": ["A1", "A2", "B1"],
    "names": {"A1": "hot"},
}


def graded(**changes: Any) -> Terms:
    return agreed(grid=GRID, **changes)


@pytest.mark.parametrize(
    ("fit", "interest", "grade"),
    [(40, 30, "A1"), (39, 29, "B2"), (20, 10, "B2"), (0, 0, "C3"), (-5, -5, "C3"), (100, 0, "A3")],
)
def test_a_grade_is_the_highest_mark_on_both_sides(fit: int, interest: int, grade: str) -> None:
    grid = graded().grid
    assert grid is not None
    assert grid.grade(fit, interest) == grade


def test_the_grades_of_the_agreement_hand_over_and_no_others() -> None:
    grid = graded().grid
    assert grid is not None
    for fit, interest in product(range(-5, 60), range(-5, 50)):
        assert grid.hands_over(fit, interest) == (grid.grade(fit, interest) in {"A1", "A2", "B1"})


def test_a_grade_hands_over_in_place_of_the_score() -> None:
    story = given(boss(MONDAY), terms=graded())
    assert (story.lead.fit, story.lead.stage) == (45, "lead")
    facts = story.when(pricing())
    assert kinds(facts) == ["acted", "stage_moved", "handed_over", "nurture_left"]
    handed = facts[2]
    assert isinstance(handed, HandedOver)
    assert (handed.trigger, handed.grade, handed.why) == ("grade", "A2", "Grade A2 (fit 45, interest 11).")
    (packet,) = [data for kind, data in story.said if kind == "handoff.requested"]
    assert (packet["grade"], packet["grade_name"], packet["rating"]) == ("A2", "", None)


def test_a_grade_has_a_name_in_the_packet_and_in_the_reason() -> None:
    story = given(content(MONDAY), content(), pricing(), terms=graded(handoff__conversions=[]))
    story.when(boss())
    (packet,) = [data for kind, data in story.said if kind == "handoff.requested"]
    assert (packet["grade"], packet["grade_name"]) == ("A2", "")
    named = given(content(), content(), pricing(), pricing(), terms=graded())
    named.when(boss())
    (packet,) = [data for kind, data in named.said if kind == "handoff.requested"]
    assert packet["why"] == "Grade A1, hot (fit 45, interest 38)."
    assert packet["grade_name"] == "hot"


def test_grades_are_counted() -> None:
    story = given(boss(MONDAY), pricing(), demo(lead="bob"), terms=graded())
    grades = {key[1:]: number for key, number in story.relay.counts.totals.items() if key[0] == "grades"}
    assert grades == {("A2", ""): 1, ("C3", ""): 1}


def test_a_lead_that_came_back_needs_more_points_besides() -> None:
    story = given(boss(MONDAY), pricing(), terms=graded(return__again_points=12))
    story.and_then(returned())
    assert story.lead.again_at == 68
    assert kinds(story.when(content()))[-1] == "acted"
    assert "handed_over" in kinds(story.when(content()))


@pytest.mark.parametrize(
    ("scale", "ratings"),
    [("linear", [0, 0, 25, 50, 99, 100, 100]), ("square_root", [0, 0, 50, 70, 99, 100, 100])],
)
def test_a_rating_is_a_part_of_the_best_score(scale: str, ratings: list[int]) -> None:
    rating = agreed(rating={"scale": scale, "best": 200, "names": {"hot": 75, "cold": 0}}).rating
    assert rating is not None
    assert [rating.of(score) for score in (-10, 0, 50, 100, 199, 200, 300)] == ratings
    assert [rating.name(number) for number in (100, 75, 74, 0)] == ["hot", "hot", "cold", "cold"]
    assert agreed(rating={"scale": scale, "best": 1, "names": {"hot": 75}}).rating.name(74) == ""  # type: ignore[union-attr]


def test_a_rating_stands_in_the_packet() -> None:
    terms = agreed(rating={"scale": "linear", "best": 130, "names": {"warm": 50}})
    story = given(*HOT, terms=terms)
    (packet,) = [data for kind, data in story.said if kind == "handoff.requested"]
    assert (packet["score"], packet["rating"], packet["rating_name"]) == (65, 50, "warm")


def test_interest_must_not_be_zero_if_the_agreement_says_so() -> None:
    story = Story(agreed(handoff__score=40, handoff__interest_min=1)).and_then(boss(MONDAY))
    assert story.lead.stage == "lead"
    assert story.and_then(page()).lead.stage == "mql"


def test_a_report_tells_the_grade_and_what_a_handoff_needs() -> None:
    story = given(boss(MONDAY), terms=graded(handoff__interest_min=1))
    assert sentences(story.lead, story.relay.terms)[1] == (
        "Score 45 = fit 45 + interest 0, which is grade A3. "
        "A handoff needs grade A1, A2 and B1, with a fit of 10 or more."
    )
    lacking = sentences(story.lead, agreed(handoff__interest_min=1))[1]
    assert lacking.endswith("It lacks 15 points and 1 points of interest.")
