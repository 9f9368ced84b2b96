"""Scores by name: what adds up to them, and what they hand over."""

from typing import Any

from streams.report import sentences
from streams.terms import Terms
from tests.streams.given import ADA, MONDAY, agreed, content, page, profile, said, trial
from tests.streams.house import House, at

SUITE, LEDGER = {"name": "suite", "handoff": 30}, {"name": "ledger", "handoff": 30}


def lined(**changes: Any) -> Terms:
    rules = [
        {"name": "suite tried", "on": "trial_started", "points": 20, "score": "suite"},
        {"name": "paper", "on": "content_downloaded", "points": 10, "score": "ledger", "decay": {"half_life_days": 9}},
        {"name": "page", "on": "page_viewed", "points": 5},
    ]
    fit = [{"name": "boss", "field": "seniority", "one_of": ["vp"], "points": 15, "score": "suite"}]
    changed = {"interest__rules": rules, "fit__rules": fit, "scores": [SUITE, LEDGER], "handoff__score": 60}
    return agreed(**{**changed, "interest__groups": {}, "fit__groups": {}, "handoff__fit_min": 0, **changes})


def test_a_named_score_adds_up_its_own_rules_and_those_of_all() -> None:
    house = House(lined()).send(profile(MONDAY, ADA, seniority="vp"), at(1, content, ADA), at(2, page, ADA))
    house.send(at(3, trial, ADA)).settle()
    [(_, packet)] = [each for each in said(house.said) if each[0] == "handoff.requested"]
    assert (packet["line"], packet["trigger"], packet["why"]) == (
        "suite",
        "score",
        "Score 40 for suite; 30 are needed.",
    )
    assert packet["scores"] == {"suite": 40, "ledger": 15}
    assert packet["score"] == 50
    assert house.replay.counts()["handoffs_by_line", "suite"] == 1


def test_a_named_score_needs_the_same_fit() -> None:
    house = House(lined(handoff__fit_min=1)).send(at(0, trial, ADA), at(1, page, ADA), at(2, page, ADA))
    assert house.lead(ADA).stage == "lead"


def test_named_scores_are_explained() -> None:
    house = House(lined()).send(at(1, content, ADA), at(2, page, ADA))
    told = sentences(house.lead(ADA), lined())[1]
    assert told.endswith(" Score 5 for suite, of 30 that hand over. Score 15 for ledger, of 30 that hand over.")
