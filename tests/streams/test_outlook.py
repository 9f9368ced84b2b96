"""What time alone does: a score that falls or rises, at the instant at which it does, without any new activity."""

from typing import Any

import pytest

from schemas import fact as f
from streams.handoff import ledger
from streams.outlook import TURNS_MAX
from tests.streams.given import (
    DAY,
    MINUTE,
    MONDAY,
    Event,
    Story,
    accepted,
    agreed,
    boss,
    default,
    event,
    given,
    kinds,
)

GRACE = 15 * MINUTE
READ = {"name": "read", "on": "page_viewed", "points": 10, "decay": {"percent_a_month": 100}, "ceiling": 100}
QUIET = {"name": "quiet", "on": "any", "points": -20, "times": {"max": 0}, "within_days": 10}


def page(day: float = 0) -> Event:
    return event("page_viewed", at=MONDAY + round(day * DAY), url="/")


def story(*rules: dict[str, Any], falls: str = "tell", score: int = 70, **changes: Any) -> Story:
    """A lead with a fit of 45 and an agreement of these rules."""
    reasons = {**default()["return"]["reasons"], "cooled": "reconnect"}
    agreement = {
        "interest__rules": list(rules),
        "handoff__score": score,
        "return__reasons": reasons,
        "pursuit__response_hours": 1000,
        **changes,
    }
    return given(boss(at=MONDAY), terms=agreed(handoff__falls=falls, **agreement))


def test_a_lead_whose_points_fade_is_looked_at_when_it_falls_below_the_threshold() -> None:
    told = story(READ).and_then(page(), page(), page())
    assert (told.lead.stage, told.lead.score) == ("mql", 75)
    # each of three loses a point every three days: two days' points may go, the third is one too many
    falls_at = MONDAY + 6 * DAY
    assert told.lead.look_at == falls_at
    assert told.ring(falls_at + GRACE - 1) == told.ring(MONDAY + 5 * DAY) == []
    facts = told.remind(falls_at + GRACE)
    assert kinds(facts) == ["rated", "noticed", "look_planned"]
    assert facts[0] == f.Rated(24, falls_at)
    assert facts[1] == f.Noticed(
        "cooled", "sales", "ada has cooled off since it was handed over: score 69, 70 are needed."
    )
    assert [kind for kind, _ in told.said] == ["notice.given"]


def test_it_is_told_once_and_again_only_after_it_rose() -> None:
    told = story(READ).and_then(page(), page(), page())
    told.remind(MONDAY + 6 * DAY + GRACE)
    assert told.lead.look_at is None
    assert kinds(told.when(page(6.5))) == ["acted", "rated", "look_planned"]
    assert told.lead.score == 79
    assert told.lead.look_at is not None
    assert "noticed" in kinds(told.remind(told.lead.look_at + GRACE))


def test_a_lead_is_taken_back_if_the_agreement_says_so() -> None:
    told = story(READ, falls="recall").and_then(page(), page(), page())
    due = told.lead.due_at
    facts = told.remind(MONDAY + 6 * DAY + GRACE)
    assert kinds(facts) == ["rated", "deadline_ended", "returned", "stage_moved", "nurture_entered", "look_planned"]
    assert f.DeadlineEnded("withdrawn", due) in facts
    assert f.Returned("cooled", "agreement", 0, "reconnect", 89) in facts
    assert told.lead.stage == "lead"
    assert told.lead.due_at is None


def test_who_was_accepted_is_not_taken_back() -> None:
    told = story(READ, falls="recall").and_then(page(), page(), page(), accepted())
    assert told.lead.look_at is not None  # known when sales had not accepted yet
    facts = told.remind(MONDAY + 6 * DAY + GRACE)
    assert kinds(facts) == ["rated", "look_planned"]
    assert told.lead.stage == "accepted"


@pytest.mark.parametrize("falls", ["nothing", "tell", "recall"])
def test_an_activity_that_takes_points_off_lets_a_lead_fall_at_once(falls: str) -> None:
    takes = {"name": "jobs", "on": "form_submitted", "points": -30}
    told = story(READ, takes, falls=falls).and_then(page(), page(), page())
    found = kinds(told.when(event("form_submitted", form="job")))
    assert ("noticed" in found, "returned" in found) == (falls == "tell", falls == "recall")


def test_silence_takes_points_off_at_its_instant_and_gives_them_back() -> None:
    told = story(READ, QUIET, score=55).and_then(page())
    assert (told.lead.stage, told.lead.score) == ("mql", 55)
    falls_at = told.lead.look_at
    assert falls_at == MONDAY + 3 * DAY  # the first point that fades
    told.remind(falls_at + GRACE)
    assert told.lead.score == 54
    assert told.and_then(page(11)).lead.score == 45 + 7 + 10


def test_a_score_that_rises_by_time_alone_hands_over() -> None:
    """Points that were taken off fade, and the lead is handed over at that instant."""
    jobs = {"name": "jobs", "on": "form_submitted", "points": -10, "within_days": 5}
    told = story({**READ, "decay": None}, jobs, score=60).and_then(
        event("form_submitted", at=MONDAY, form="job"), page(1), page(2)
    )
    assert (told.lead.stage, told.lead.score) == ("lead", 55)
    assert told.lead.look_at == MONDAY + 5 * DAY
    facts = told.remind(MONDAY + 5 * DAY + GRACE)
    assert kinds(facts) == ["rated", "stage_moved", "handed_over", "nurture_left", "look_planned"]
    assert told.lead.due_at is not None


def test_without_rules_that_depend_on_time_nothing_is_looked_at() -> None:
    told = story({**READ, "decay": None}).and_then(page(), page(), page())
    assert (told.lead.stage, told.lead.look_at, told.lead.rated_at) == ("mql", None, 0)


def test_a_reminder_that_is_out_of_date_is_ignored() -> None:
    told = story(READ, {"name": "jobs", "on": "form_submitted", "points": -3}).and_then(page(), page(), page())
    letters = told.ring(MONDAY + 6 * DAY + GRACE)
    told.and_then(event("form_submitted", at=MONDAY + round(6.5 * DAY), form="job"))
    assert kinds(told.deliver(letters, MONDAY + 7 * DAY)) == ["passed"]
    assert told.end == "ignored"


def test_a_look_that_is_planned_stays_while_the_score_has_not_fallen_by_then() -> None:
    told = story(READ).and_then(page(), page(), page())
    planned = told.lead.look_at
    assert planned is not None
    assert kinds(told.when(page(1))) == ["acted", "rated"]
    assert told.lead.look_at == planned
    assert kinds(told.remind(planned + GRACE)) == ["rated", "look_planned"]
    falls_at = told.lead.look_at
    assert falls_at is not None
    assert told.remind(falls_at + GRACE - 1) == []
    assert kinds(told.remind(falls_at + GRACE)) == ["rated", "noticed", "look_planned"]


def test_response_and_score_may_be_due_at_the_same_instant() -> None:
    told = story({**READ, "decay": None, "within_days": 1}, pursuit__response_hours=8).and_then(page(), page(), page())
    assert told.lead.due_at == told.lead.look_at == MONDAY + DAY
    letters = told.ring(MONDAY + DAY + GRACE)
    assert len(letters) == 2
    assert kinds(told.deliver(letters, MONDAY + DAY + GRACE)) == [
        "deadline_ended",
        "noticed",
        "rated",
        "noticed",
        "look_planned",
    ]


def test_who_has_many_instants_ahead_is_looked_at_again_on_the_way() -> None:
    told = story({**READ, "points": 100}, score=80).and_then(page())
    looks = 0
    while told.lead.stage == "mql" and told.lead.look_at is not None:
        told.remind(told.lead.look_at + GRACE)
        looks += 1
    assert looks == 2 > 66 / TURNS_MAX  # 66 points fade until the lead has 79
    assert told.lead.score == 79


def test_a_row_remembers_when_to_look() -> None:
    told = story(READ).and_then(page(), page(), page())
    harvest = told.relay.harvest()
    again = Story(told.relay.terms)
    for key, row in harvest.rows:
        again.relay.restore(key, row)
    assert again.lead.hits == told.lead.hits
    assert "noticed" in kinds(again.remind(MONDAY + 6 * DAY + GRACE))


def test_a_grade_that_is_lost_is_told_with_the_grade_of_now() -> None:
    grid = {"fit": {"A": 40, "B": 0}, "interest": {"1": 25, "2": 0}, "handoff": ["A1"]}
    told = story(READ, grid=grid).and_then(page(), page(), page())
    assert told.lead.look_at is not None
    facts = told.remind(told.lead.look_at + GRACE)
    assert f.Noticed("cooled", "sales", "ada has cooled off since it was handed over: its grade is A2 now.") in facts


def test_silence_and_ceilings_stand_in_the_ledger() -> None:
    told = story(READ, QUIET, interest__ceiling=15).and_then(page(), page())
    assert [entry.points for entry in ledger(told.lead, told.relay.terms) if entry.rule == "ceiling of interest"] == [
        -5
    ]
    form = event("form_submitted", at=MONDAY + 40 * DAY, form="x")
    quiet = story({**READ, "decay": None, "within_days": 5}, {**QUIET, "on": "page_viewed"}).and_then(page(), form)
    silent = [entry for entry in ledger(quiet.lead, quiet.relay.terms) if entry.rule == "quiet"]
    assert [(entry.points, entry.times, entry.detail) for entry in silent] == [(-20, 0, "nothing since then")]
    assert sum(entry.points for entry in ledger(quiet.lead, quiet.relay.terms)) == quiet.lead.score
    assert all(entry.points for entry in ledger(quiet.lead, quiet.relay.terms))


def test_a_group_cuts_what_its_rules_give_together_and_a_rule_what_it_gives_alone() -> None:
    rules = {**READ, "group": "urgency", "ceiling": 10}, {**READ, "name": "again", "group": "urgency"}
    told = story(*rules, interest__groups={"urgency": 12}).and_then(page(), page(1))
    entries = [entry for entry in ledger(told.lead, told.relay.terms) if entry.side == "interest"]
    points = [(entry.rule, entry.points) for entry in entries]
    assert points == [("read", 10), ("again", 10), ("again", 10), ("ceiling of urgency", -18)]
    assert told.lead.interest == 12


def test_who_is_taken_back_after_its_deadline_was_missed_has_none_to_end() -> None:
    told = story(READ, falls="recall", pursuit__response_hours=8).and_then(page(), page(), page())
    told.remind(MONDAY + 2 * DAY)
    assert told.lead.due_at is None
    facts = told.remind(MONDAY + 6 * DAY + GRACE)
    assert "returned" in kinds(facts)
    assert "deadline_ended" not in kinds(facts)
