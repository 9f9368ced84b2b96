"""Rules of interest that make no sense: each kind of nonsense has a key and says what would be right."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.finding import Finding
from schemas.sense_interest import ACTIVITIES, kinds_of
from tests.schemas.test_sense import found

ON = {"name": "new", "points": 5, "on": "event_attended"}
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "key", "wrong", "right"),
    [
        ({"on": "event_attend"}, ".on", "'event_attend' is unknown", "did you mean 'event_attended'?"),
        ({"on": ["any", "page_viewed"]}, ".on", "'any' is unknown", "one of: "),
        ({"on": "any", "where": {"url": "x"}}, ".where.url", "'url' is unknown", "one of: campaign, source"),
        ({"where": {"minutes": {}}}, ".where.minutes", "asks for nothing", "give min, max, not or present"),
        ({"where": {"event": {"min": 1}}}, ".where.event", "this field is no number", "give not or present"),
        ({"where": {"minutes": {"not": ["x"]}}}, ".where.minutes.not", "this field is no text", "give min and max"),
        ({"where": {"minutes": {"min": 2, "max": 1}}}, ".where.minutes.min", "no number is at least 2", "swap"),
        ({"once": True, "once_per": "event"}, ".once", "counts once, so once per event says nothing", "leave out"),
        ({"once_per": "evnt"}, ".once_per", "'evnt' is unknown", "did you mean 'event'?"),
        ({"at_most": 2}, ".at_most", "2 in which time?", "give per or per_days, and not both"),
        ({"at_most": 2, "per": "day", "per_days": 1}, ".at_most", "2 in which time?", "give per or per_days"),
        ({"per": "day"}, ".per", "limits nothing", "give at_most too, or leave it out"),
        ({"per_days": 3}, ".per_days", "limits nothing", "give at_most too, or leave it out"),
        ({"decay": {}}, ".decay", "must fade in one way", "give percent_a_month or half_life_days"),
        ({"decay": {"percent_a_month": 1, "half_life_days": 1}}, ".decay", "must fade in one way", "give"),
        ({"from": LATE, "to": EARLY}, ".from", "nothing happens from 2026-02-01", "swap from and to"),
        ({"from": datetime(2026, 1, 1)}, ".from", "has no time zone", "write it like"),  # noqa: DTZ001
        ({"to": datetime(2026, 1, 1)}, ".to", "has no time zone", "write it like"),  # noqa: DTZ001
        ({"times": {}}, ".times", "asks for nothing", "give min, max or both"),
        ({"times": {"max": 0}}, ".times.max", "holds at once for a lead that is new", "give within_days too"),
        ({"times": {"min": 2}, "once": True}, ".times.min", "counts once, so never so often", "leave out once"),
        ({"times": {"min": 3, "max": 2}, "within_days": 1}, ".times.min", "no number is at least 3", "swap"),
    ],
)
def test_a_rule_that_makes_no_sense(rule: dict[str, Any], key: str, wrong: str, right: str) -> None:
    (finding,) = found("interest.rules", {**ON, **rule})
    assert finding.key == f"interest.rules.11{key}"
    assert finding.wrong.startswith(wrong)
    assert finding.right.startswith(right)


@pytest.mark.parametrize(
    "rule",
    [
        {"on": "any", "where": {"campaign": {"present": True}}},
        {"on": ["event_attended", "event_registered"], "where": {"event": {"not": ["x*"]}}, "once_per": "event"},
        {"where": {"minutes": {"min": 10, "max": 20}}},
        {"at_most": 2, "per": "month", "decay": {"percent_a_month": 10}},
        {"times": {"min": 1, "max": 3}, "within_days": 14, "from": EARLY, "to": LATE},
        {"times": {"min": 1, "max": 3}},
    ],
)
def test_a_rule_that_makes_sense(rule: dict[str, Any]) -> None:
    assert found("interest.rules", {**ON, **rule}) == []


def test_any_is_every_activity() -> None:
    assert kinds_of("any") == list(ACTIVITIES)
    assert kinds_of("page_viewed") == ["page_viewed"]


def test_the_agreement_must_know_the_reason_of_its_own_recall() -> None:
    assert found("handoff.falls", "recall") == [
        Finding("return.reasons", "cooled is missing", 'add cooled = "" or with a track')
    ]


def test_a_daily_ceiling_is_for_an_activity_whose_rules_add_up() -> None:
    assert [finding.wrong for finding in found("interest.daily", {"page_view": 5})] == ["'page_view' is unknown"]
    assert found("interest.daily", {"page_viewed": 5}) == []


def test_a_daily_ceiling_does_not_hold_for_rules_that_depend_on_time() -> None:
    interest = {"ceiling": 9, "rules": [{**ON, "once": True}], "daily": {"event_attended": 5}}
    assert "interest.daily.event_attended" in {finding.key for finding in found("interest", interest)}
