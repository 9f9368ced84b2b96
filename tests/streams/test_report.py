"""What people and programs are told of a lead."""

import orjson

from schemas.envelope import rfc3339
from schemas.groups import PREFIX
from streams.report import lead_object, sentences, tables
from tests.streams.given import (
    HOT,
    MONDAY,
    Story,
    accepted,
    agreed,
    attempt,
    demo,
    event,
    form,
    given,
    page,
    pricing,
    profile,
    qualified,
    returned,
    track,
    unsubscribed,
)
from tests.streams.house import House

FIRST = ["lead", "stage", "fit", "interest", "score", "entries", "with_sales", "attempts", "agreement"]


def told(story: Story) -> list[str]:
    return sentences(story.lead, agreed())


def test_the_entries_of_a_lead_add_up_to_its_score() -> None:
    told_of = orjson.loads(orjson.dumps(lead_object(given(*HOT, attempt(), attempt()).lead, agreed())))
    assert list(told_of)[: len(FIRST)] == FIRST
    assert told_of["stage"] == "mql"
    assert told_of["with_sales"]
    assert told_of["attempts"] == 2
    assert told_of["agreement"] == 1
    assert sum(entry["points"] for entry in told_of["entries"]) == told_of["score"] == 65
    assert [(entry["side"], entry["rule"], entry["cause"]) for entry in told_of["entries"]][-1] == (
        "interest",
        "event attended",
        "a0-2",
    )


def test_instants_are_told_as_text_and_those_that_are_not_as_null() -> None:
    told_of = lead_object(given(attempt()).lead, agreed())
    assert told_of["first_seen_at"] == rfc3339(MONDAY + 60_000)
    assert told_of["active_at"] is None
    assert told_of["respond_by"] is None
    assert lead_object(given(demo()).lead, agreed())["respond_by"] == "2026-11-03T09:01:00.000Z"


def test_a_visitor_is_told_what_it_lacks() -> None:
    standing, scoring, pursuing, nurturing = told(given(pricing()))
    assert standing == (
        "ada is at stage visitor; first seen 2026-11-02T09:01:00.000Z from other, "
        "last active 2026-11-02T09:01:00.000Z. Agreement 1 decided last."
    )
    assert scoring == (
        "Score 11 = fit 0 + interest 11. A handoff by score needs 60, with a fit of 10 or more. "
        "It lacks 49 points, 10 points of fit and a name."
    )
    assert pursuing == "Not with sales; handed over never, 0 attempts in all."
    assert nurturing == "On no nurture track."


def test_a_lead_on_a_track_is_told_so() -> None:
    assert told(given(form()))[3] == "On the nurture track awareness."
    assert told(given(form(), track(track="decision")))[3] == "On the nurture track decision."


def test_who_may_not_be_contacted_lacks_the_consent() -> None:
    _, scoring, _, nurturing = told(given(profile(seniority="VP"), unsubscribed()))
    assert scoring.endswith("It lacks 35 points and the consent to be contacted.")
    assert nurturing.startswith("May not be nurtured")
    silent = given(HOT[0], unsubscribed(), *HOT[1:])
    assert told(silent)[1].endswith("or more. It lacks the consent to be contacted.")


def test_a_lead_with_sales_is_told_what_they_owe_to_it() -> None:
    _, scoring, pursuing, _ = told(given(*HOT))
    assert scoring == "Score 65 = fit 45 + interest 20. A handoff by score needs 60, with a fit of 10 or more."
    assert pursuing == (
        "With sales (handoff 1): 0 attempts, no answer yet. Sales respond by 2026-11-03T09:03:00.000Z. "
        "After 6 more in a row without an answer it goes back."
    )
    assert told(given(*HOT, accepted(), attempt()))[2] == (
        "With sales (handoff 1, owner sam): 1 attempt, no answer yet. "
        "After 5 more in a row without an answer it goes back."
    )


def test_sales_may_have_taken_a_lead_by_themselves() -> None:
    story = given(page(), qualified(), attempt(outcome="answered"))
    assert told(story)[2] == "With sales (taken by themselves, owner sam): 1 attempt, answered."


def test_after_a_return_more_points_are_needed() -> None:
    _, scoring, pursuing, _ = told(given(*HOT, attempt(), returned()))
    assert "needs 85, raised by a return from 60, with a fit of 10 or more. It lacks 20 points." in scoring
    assert pursuing == "Not with sales; handed over once, 1 attempt in all."
    again = given(*HOT, attempt(), returned(), demo(), returned())
    assert "handed over 2 times" in told(again)[2]


def test_of_an_id_that_stands_for_another_one_that_one_is_told() -> None:
    story = given(page(), event("identified", known_as="ada@example.com"))
    assert told(story) == ["ada is known as ada@example.com: what is told of it counts there, and so did its history."]


def test_tables_show_each_point_with_its_rule_and_cause() -> None:
    points, stages, activity, told_profile = tables(given(*HOT).lead, agreed())
    assert points.rows[-1] == (
        "interest",
        "event attended",
        12,
        1,
        "2026-11-02T09:03:00.000Z",
        "a0-2",
        "webinar-1",
    )
    assert [row[0] for row in stages.rows] == ["visitor", "contact", "lead", "mql"]
    assert activity.rows == [("content_downloaded", 1), ("event_attended", 1), ("profile_given", 1)]
    assert told_profile.rows == [("company_size", 200), ("country", "PT"), ("seniority", "VP")]


def test_tables_without_rows_are_left_out() -> None:
    assert [table.title for table in tables(given(attempt()).lead, agreed())] == ["stages"]


def test_a_group_has_neither_a_grade_nor_scores_by_name() -> None:
    groups = {"account": "company", "roles": [], "score": 9}
    grid = {"fit": {"A": 0}, "interest": {"1": 0}, "handoff": ["A1"]}
    terms = agreed(groups=groups, grid=grid, scores=[{"name": "suite", "handoff": 30}])
    house = House(terms).send(profile(MONDAY, company="acme"), pricing(MONDAY)).settle()
    for lead, grade, lines in (("ada", "A1", ["suite"]), (f"{PREFIX}acme", "", [])):
        told_of = lead_object(house.lead(lead), terms)
        assert (told_of["grade"], [*told_of["scores"]]) == (grade, lines)
