"""Scores by name: what adds up to them, and what they hand over."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import fact as f
from streams.handoff import ledger
from streams.named import scores
from streams.report import sentences
from streams.terms import Terms
from tests.streams.agreeing import DAYS, GROUPS, LINES, SCORES, Tree
from tests.streams.given import ADA, DAY, MONDAY, Event, Story, agreed, content, form, owner, page, profile, said, trial
from tests.streams.histories import law
from tests.streams.house import BOB, House, at, merged
from tests.streams.test_laws import FIRST, LAST, SEEN, TOLD_LATE, in_time, shuffled

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


# ---- ceilings


def narrow(**changes: Any) -> Terms:
    """Two rules that the ceiling of their group does not leave enough for, and one that has it all."""
    rules = [
        {"name": "suite tried", "on": "trial_started", "points": 9, "score": "suite", "group": "used"},
        {"name": "ledger form", "on": "form_submitted", "points": 8, "score": "ledger", "group": "used", "ceiling": 14},
        {"name": "page", "on": "page_viewed", "points": 5},
    ]
    return agreed(**{"interest__rules": rules, "interest__groups": {"used": 10}, "scores": [SUITE, LEDGER], **changes})


def test_ceilings_cut_each_score_by_itself() -> None:
    terms = narrow(interest__ceiling=13)
    story = Story(terms).and_then(trial())
    assert story.when(form(MONDAY + DAY)) == [
        f.Acted("form_submitted", (("ledger form", 8),), "newsletter"),
        f.Rated(10, MONDAY + DAY),
    ]
    assert scores(story.lead, terms) == {"suite": 9, "ledger": 8}
    story.and_then(page(), form())
    assert (story.lead.interest, scores(story.lead, terms)) == (13, {"suite": 13, "ledger": 13})
    assert [(entry.rule, entry.points) for entry in ledger(story.lead, terms)[-2:]] == [
        ("ceiling of used", -13),
        ("ceiling of interest", -2),
    ]


def test_a_day_is_shared_by_all_scores_in_order_of_time() -> None:
    both = [{"name": name, "on": "page_viewed", "points": 5, "score": name} for name in ("suite", "ledger")]
    both[0]["where"] = {"url": "*blog"}
    terms = narrow(interest__rules=both, interest__daily={"page_viewed": 8})
    for told in ([page(MONDAY, url="/"), page(MONDAY + 1)], [page(MONDAY + 1), page(MONDAY, url="/")]):
        assert scores(Story(terms).and_then(*told).lead, terms) == {"suite": 3, "ledger": 5}


def test_two_leads_that_are_joined_have_what_one_would_have() -> None:
    told = at(0, trial, ADA), at(1, form, ADA), at(2, trial, BOB), at(3, form, BOB)
    lead = House(narrow()).send(*told, merged(BOB, ADA)).settle().lead(ADA)
    assert lead.given == {"suite tried": 18, "ledger form": 14}
    assert (lead.interest, scores(lead, narrow())) == (10, {"suite": 10, "ledger": 10})


def test_a_version_without_names_cuts_what_was_given_and_what_is_told_late() -> None:
    story = Story(narrow()).and_then(trial(MONDAY), form(MONDAY))
    rule = {"name": "suite tried", "on": "trial_started", "points": 9}
    terms = replace(narrow(interest__rules=[rule]), number=2, effective_at=MONDAY + DAY, before=narrow())
    story.relay.terms = terms
    assert story.when(owner(MONDAY + 2 * DAY, owner="kim"))[0] == f.InterestRescored((("ledger form", -7),), ())
    assert story.and_then(form(MONDAY + 1)).lead.interest == 10
    assert sum(entry.points for entry in ledger(story.lead, terms)) == 10


def test_what_a_version_judges_anew_is_cut_for_each_score() -> None:
    story = Story(narrow()).and_then(trial(MONDAY), form(MONDAY), form(MONDAY))
    terms = replace(narrow(agreement__rescore="all"), number=2, effective_at=MONDAY + DAY, before=narrow())
    story.relay.terms = terms
    assert not any(isinstance(fact, f.InterestRescored) for fact in story.when(owner(MONDAY + 2 * DAY, owner="kim")))
    assert scores(story.lead, terms) == {"suite": 9, "ledger": 10}


# ---- whatever the order of arrival


@st.composite
def shortages(draw: st.DrawFn) -> Tree:
    """Rules of several scores by name, to which ceilings leave less than they would give."""
    options = {"on": ("page_viewed", "product_used", "email_opened"), "points": (1, 3, 5, 12)}
    one = {key: st.sampled_from(some) for key, some in (options | {"group": GROUPS, "score": LINES}).items()}
    found = draw(st.lists(st.fixed_dictionaries(one), min_size=3, max_size=6))
    section: Tree = {"ceiling": draw(st.sampled_from([10, 25])), "groups": {"small": 6, "large": 20}}
    section["rules"] = [{"name": f"rule {number}", **rule} for number, rule in enumerate(found)]
    return section | {"daily": dict.fromkeys(draw(st.sampled_from([[], *DAYS])), 8)}


@law
@given(shortages(), st.lists(SEEN, min_size=5, max_size=20), TOLD_LATE)
def test_scores_by_name_share_what_ceilings_leave_in_no_order(section: Any, deeds: list[Event], chance: Random) -> None:
    terms = agreed(interest=section, scores=SCORES, handoff__conversions=[])
    told = in_time(deeds, 3)
    lead = Story(terms).and_then(FIRST, *told, LAST).lead
    other = Story(terms).and_then(FIRST, *shuffled(told, chance), LAST).lead
    assert (other.interest, scores(other, terms)) == (lead.interest, scores(lead, terms))
    assert other.interest == sum(entry.points for entry in ledger(other, terms))
