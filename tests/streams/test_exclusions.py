"""Who is never handed over: told by the profile, scored or not, and nothing of it is silent."""

from typing import Any

import pytest

from schemas.fact import Excluded, Noticed
from streams.report import lead_object, sentences
from tests.streams.given import HOT, MONDAY, Story, agreed, attended, boss, content, demo, given, kinds, profile

OWN = {"name": "own staff", "field": "email_domain", "one_of": ["example.com", "*.example.com"]}
STUDENT = {"name": "students", "field": "role", "one_of": ["*student*"], "scored": False}


def story(*events: Any) -> Story:
    return given(*events, terms=agreed(exclusions=[OWN, STUDENT]))


def test_who_is_excluded_is_scored_and_not_handed_over() -> None:
    told = story(profile(MONDAY, email_domain="mail.Example.com"), *HOT)
    assert (told.lead.excluded, told.lead.stage, told.lead.score) == ("own staff", "lead", 65)


def test_who_asks_and_is_excluded_is_told_to_marketing() -> None:
    facts = story(profile(MONDAY, email_domain="example.com")).when(demo())
    assert facts[-1] == Noticed("excluded", "marketing", "ada asked for a demo, and is excluded: own staff.")


def test_who_is_excluded_and_not_scored_gets_no_points_for_anything() -> None:
    told = story(profile(MONDAY, role="PhD student"), *HOT)
    assert (told.lead.excluded, told.lead.score, told.lead.interests) == ("students", 0, [])


def test_points_of_fit_are_taken_back_and_given_again() -> None:
    told = story(boss(MONDAY))
    assert told.lead.fit == 45
    assert kinds(told.when(profile(role="student"))) == ["acted", "profiled", "excluded"]
    assert told.lead.fit == 0
    assert Excluded("") in told.when(profile(role="director"))
    assert told.lead.fit == 45
    assert told.and_then(content(), attended()).lead.stage == "mql"


@pytest.mark.parametrize("rule", [{}, {"within_days": 10}])
def test_rules_that_depend_on_time_count_nothing_for_who_is_not_scored(rule: dict[str, Any]) -> None:
    rules = [{"name": "paper", "on": "content_downloaded", "points": 5, **rule}]
    told = given(profile(MONDAY, role="student"), content(), terms=agreed(exclusions=[STUDENT], interest__rules=rules))
    assert (told.lead.interest, told.lead.hits) == (0, {})


def test_the_first_exclusion_that_holds_is_named() -> None:
    told = story(profile(MONDAY, role="student", email_domain="example.com"))
    assert told.lead.excluded == "own staff"


def test_a_report_says_so() -> None:
    told = story(profile(MONDAY, role="student"))
    assert sentences(told.lead, told.relay.terms)[0].endswith("It is never handed over: students.")
    assert lead_object(told.lead, told.relay.terms)["excluded"] == "students"
