"""When an MQL is looked at: early at worst, and no sooner than it must be, whatever it did."""

from typing import Any

from hypothesis import given as given_any
from hypothesis import strategies as st

from streams.handoff import meets
from streams.rating import as_of, interest_at, turns
from streams.terms import Terms
from streams.timed import HITS_MAX
from tests.streams.given import DAY, HOUR, MONDAY, Event, Story, agreed, boss, event, given, kinds, profile
from tests.streams.histories import law
from tests.streams.test_outlook import GRACE, QUIET, READ, page, story

DID = (
    ("page_viewed", {"url": "/"}),
    ("form_submitted", {"form": "job"}),
    ("email_opened", {"email": "x"}),
    ("trial_started", {"product": "x"}),
    ("content_downloaded", {"asset": "x"}),
    ("content_downloaded", {"asset": "y"}),
    ("event_registered", {"event": "x", "kind": "webinar"}),
)
SPELL = {"on": "content_downloaded", "points": 9, "within_days": 4}
RULES: tuple[dict[str, Any], ...] = (
    QUIET,
    {"name": "rests", "on": "any", "points": 9, "times": {"max": 0}, "within_days": 3},
    {"name": "jobs", "on": "form_submitted", "points": -3},
    {"name": "regrets", "on": "form_submitted", "points": -8, "within_days": 2},
    {"name": "trials", "on": "trial_started", "points": 4},
    {"name": "mails", "on": "email_opened", "points": 10, "times": {"max": 1}, "within_days": 20},
    {"name": "papers", **SPELL, "once_per": "asset", "at_most": 1, "per": "week"},
    {"name": "papers taken", **SPELL, "once_per": "asset", "ceiling": 15},
    {"name": "twice", **SPELL, "times": {"min": 2}, "decay": {"half_life_days": 2}},
    {"name": "seats", "on": "event_registered", "points": 6, "at_most": 1, "per_days": 2, "within_days": 5},
)
LATER = {"points": 4}
"""What rules give less of in a second version."""
DEEDS = st.lists(st.tuples(st.sampled_from(DID), st.integers(-2, 16)), max_size=14)


@law
@given_any(st.sets(st.sampled_from(range(len(RULES)))), DEEDS, st.integers(50, 75), st.integers(0, 14))
def test_a_look_may_be_early_never_late(some: set[int], deeds: list[tuple[Any, int]], score: int, changed: int) -> None:
    rules = [RULES[number] for number in sorted(some)]
    told = story(READ, *rules, score=score).and_then(page(), page(), page())
    less = [{**rule, **LATER} if rule["points"] > LATER["points"] else rule for rule in rules]
    later = story(READ, *less, score=score, agreement__number=2).relay.terms
    at = MONDAY
    for number, ((kind, data), hours) in enumerate(deeds):
        if number == changed:
            told.relay.terms = later
        at += hours * 6 * HOUR
        lead, terms = told.and_then(event(kind, at=at, **data)).lead, told.relay.terms
        now = as_of(lead)
        if meets(lead, lead.interest, terms, now):
            unseen = [turn for turn in turns(lead, terms, now) if lead.look_at is None or turn < lead.look_at]
            assert all(meets(lead, interest_at(lead, terms, turn), terms, turn) for turn in unseen)


def paper(day: float, asset: str = "x") -> Event:
    return event("content_downloaded", at=MONDAY + round(day * DAY), asset=asset)


def test_a_hit_that_takes_points_off_has_the_look_planned_anew() -> None:
    regrets = {"name": "regrets", "on": "form_submitted", "points": -3, "within_days": 5}
    told = story(READ, regrets).and_then(page(), page(), page())
    assert told.lead.look_at == MONDAY + 6 * DAY
    told.and_then(event("form_submitted", at=MONDAY + HOUR, form="job"))
    assert told.lead.look_at == MONDAY + 3 * DAY


def test_a_hit_that_is_one_too_many_has_the_look_planned_anew() -> None:
    few = {"name": "few", "on": "content_downloaded", "points": 10, "times": {"max": 1}, "within_days": 20}
    told = story(READ, few).and_then(page(), page(), page(), paper(0))
    assert told.lead.look_at == MONDAY + 18 * DAY
    assert told.and_then(paper(0.1)).lead.look_at == MONDAY + 6 * DAY


def known_late(*events: Event, terms: Terms) -> Story:
    """A lead whose look is planned after all of this, when its fit is known: what it did first planned none."""
    told = given(*events, terms=terms).and_then(boss(at=MONDAY + DAY))
    assert told.lead.stage == "mql"
    return told


def test_a_hit_that_does_not_count_in_the_place_of_another_has_the_look_planned_anew() -> None:
    daily = {**SPELL, "name": "papers", "within_days": 99, "once_per": "asset", "at_most": 1, "per": "day"}
    terms = story(READ, daily).relay.terms
    told = known_late(paper(0, "x"), paper(0.9, "y"), page(), page(), page(), terms=terms)
    assert told.lead.look_at == MONDAY + 24 * DAY
    told.and_then(paper(1.1, "z"))
    assert told.lead.look_at == MONDAY + 24 * DAY
    told.and_then(paper(1.2, "x"))
    assert told.lead.look_at == MONDAY + 15 * DAY


def test_a_hit_of_a_version_that_gives_less_has_the_look_planned_anew() -> None:
    often = {"name": "often", "on": "content_downloaded", "points": 20, "times": {"min": 1}}
    told = known_late(paper(0), page(), page(), page(), terms=story(READ, often).relay.terms)
    planned = told.lead.look_at
    told.relay.terms = story(READ, {**often, "points": 2}, agreement__number=2).relay.terms
    assert told.and_then(page(1)).lead.look_at == planned
    assert told.and_then(paper(1.1)).lead.look_at == MONDAY + 15 * DAY


def test_what_is_forgotten_of_many_hits_is_what_does_not_count() -> None:
    days = {"name": "days", "on": "page_viewed", "points": 20, "times": {"min": 3}, "at_most": 1, "per": "day"}
    told = story({**READ, "on": "content_downloaded"}, days).and_then(page(0), page(1))
    told.and_then(*[page(2 + n / 1000) for n in range(HITS_MAX)], paper(2.1))
    assert told.lead.interest == 20 + 10
    assert {MONDAY, MONDAY + DAY} < {at for _, at, *_ in told.lead.hits["days"]}
    assert len(told.lead.hits["days"]) == HITS_MAX


def test_another_profile_may_change_the_fit_of_a_named_score_alone() -> None:
    known = {"name": "vp", "field": "seniority", "one_of": ["vp"], "points": 30}
    of_suite = {"name": "one", "field": "industry", "one_of": ["software"], "points": 10, "score": "suite"}
    of_other = {"name": "two", "field": "industry", "one_of": ["retail"], "points": 10, "score": "other"}
    terms = agreed(
        handoff__falls="tell",
        handoff__score=500,
        handoff__fit_min=0,
        fit__rules=[known, of_suite, of_other],
        fit__groups={},
        scores=[{"name": "suite", "handoff": 60}, {"name": "other", "handoff": 600}],
        interest__groups={},
        interest__rules=[{**READ, "points": 60}],
        pursuit__response_hours=1000,
    )
    told = given(profile(at=MONDAY, seniority="vp", industry="software"), page(), terms=terms)
    assert (told.lead.stage, told.lead.look_at) == ("mql", MONDAY + 20 * DAY)
    told.and_then(profile(at=MONDAY + HOUR, industry="retail"))
    assert told.lead.look_at == MONDAY + 15.5 * DAY


def test_who_gets_points_for_rest_and_does_something_is_looked_at_earlier() -> None:
    rests = {"name": "rests", "on": "any", "points": 10, "times": {"max": 0}, "within_days": 5}
    told = story(READ, rests).and_then(page(), page(), page())
    assert told.lead.look_at == MONDAY + 18 * DAY
    told.and_then(event("form_submitted", at=MONDAY + 4 * DAY, form="job"))
    assert told.lead.look_at == MONDAY + 6 * DAY


def test_a_look_that_would_be_late_is_planned_anew() -> None:
    takes = {"name": "jobs", "on": "form_submitted", "points": -3}
    told = story(READ, takes).and_then(page(), page(), page())
    planned = told.lead.look_at
    assert planned is not None
    told.and_then(event("form_submitted", at=MONDAY + DAY, form="job"))
    assert told.lead.look_at is not None
    assert told.lead.look_at < planned


def test_a_look_that_would_be_late_under_a_new_version_is_planned_anew() -> None:
    gives = {"name": "trials", "on": "trial_started", "points": 1}
    told = story(READ, gives).and_then(page(), page(), page())
    planned = told.lead.look_at
    assert planned is not None
    told.relay.terms = story(READ, gives, score=73, agreement__number=2).relay.terms
    told.and_then(event("trial_started", at=MONDAY + HOUR, product="x"))
    assert told.lead.look_at is not None
    assert told.lead.look_at < planned


def test_who_turns_out_to_be_known_for_longer_is_looked_at_earlier() -> None:
    gives = {"name": "trials", "on": "trial_started", "points": 4}
    dull = {"name": "papers", "on": "content_downloaded", "points": -5, "times": {"max": 0}, "within_days": 2}
    told = story(READ, gives, dull, score=75).and_then(page(), page(), page())
    assert told.lead.look_at == MONDAY + 2 * DAY
    told.and_then(event("trial_started", at=MONDAY - 12 * HOUR, product="x"))
    assert told.lead.look_at == MONDAY + 2 * DAY - 12 * HOUR


def test_who_did_more_is_looked_at_when_it_was_planned() -> None:
    gives = {"name": "trials", "on": "trial_started", "points": 4}
    told = story(READ, gives).and_then(page(), page(), page())
    planned = told.lead.look_at
    assert planned is not None
    assert kinds(told.when(event("trial_started", at=MONDAY + HOUR, product="x"))) == ["acted"]
    assert kinds(told.when(page(1))) == ["acted", "rated"]
    assert kinds(told.remind(planned + GRACE)) == ["rated", "look_planned"]
