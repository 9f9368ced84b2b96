"""Rules that work and are odd all the same."""

from typing import Any

import pytest

from tests.schemas.test_odd import odd

ON = {"name": "new", "points": 5, "on": "event_attended"}
SILENCE = {"times": {"max": 0}, "within_days": 30, "points": -5}
SIZES = [
    {"name": "small", "field": "company_size", "min": 10, "max": 50, "points": 5},
    {"name": "large", "field": "company_size", "min": 50, "max": 500, "points": 9},
]


@pytest.mark.parametrize(
    ("rule", "key", "wrong"),
    [
        ({"points": 0, "once": True}, ".points", "gives nothing"),
        ({"ceiling": 4, "where": {"minutes": 1}}, ".points", "never given whole: the rule ends at 4"),
        ({"points": -5, "ceiling": 4, "where": {"minutes": 1}}, ".points", "never given whole: the rule ends at 4"),
        ({"points": 21, "group": "knowledge", "once": True}, ".points", "never given whole: the group knowledge ends"),
        ({"points": 101, "once": True}, ".points", "never given whole: interest ends at 100"),
        ({}, "", "asks for the same as 'event attended', so both give points"),
        ({"on": ["event_attended"], "ceiling": 9}, "", "asks for the same as 'event attended'"),
        ({"once": True, "at_most": 2, "per": "day"}, ".at_most", "limits nothing: the rule counts once"),
        ({**SILENCE, "once_per": "event"}, ".once_per", "is not for silence"),
        ({**SILENCE, "at_most": 1, "per": "day"}, ".at_most", "is not for silence"),
        ({**SILENCE, "decay": {"half_life_days": 99}}, ".decay", "is not for silence"),
        (
            {"times": {"min": 3}, "at_most": 1, "per_days": 7, "within_days": 14},
            ".times.min",
            "never so often: 2 count within 14 days at most",
        ),
        (
            {"times": {"min": 5}, "at_most": 1, "per": "month", "within_days": 60},
            ".times.min",
            "never so often: 4 count within 60 days at most",
        ),
        (
            {"decay": {"percent_a_month": 50}, "within_days": 60},
            ".within_days",
            "says nothing: the points are gone after 60 days",
        ),
        (
            {"points": 8, "decay": {"half_life_days": 10}, "within_days": 40},
            ".within_days",
            "says nothing: the points are gone after 40 days",
        ),
    ],
)
def test_a_rule_of_interest_that_is_odd(rule: dict[str, Any], key: str, wrong: str) -> None:
    (finding,) = odd({"interest.rules": {**ON, **rule}})
    assert finding.key == f"interest.rules.11{key}"
    assert finding.wrong.startswith(wrong)


@pytest.mark.parametrize(
    "rule",
    [
        {"points": 5, "ceiling": 5, "where": {"minutes": 1}},
        {"points": -200, "once": True},
        {"on": ["event_attended", "event_registered"]},
        {"where": {"event": "x"}},
        {**SILENCE, "once": True},
        {"times": {"max": 1}, "within_days": 30, "at_most": 1, "per": "day"},
        {"times": {"min": 2}, "at_most": 1, "per_days": 7, "within_days": 14},
        {"times": {"min": 3}, "at_most": 1, "per": "month", "within_days": 30},
        {"times": {"min": 3}, "at_most": 1, "per": "day"},
        {"at_most": 1, "per": "day", "within_days": 5},
        {"decay": {"percent_a_month": 50}, "within_days": 59},
        {"points": 8, "decay": {"half_life_days": 10}, "within_days": 39},
        {"decay": {"half_life_days": 10}},
    ],
)
def test_a_rule_of_interest_that_is_not_odd(rule: dict[str, Any]) -> None:
    assert odd({"interest.rules": {**ON, **rule}}) == []


def test_a_rule_without_points_is_not_told_to_fade_otherwise() -> None:
    rule = {**ON, "points": 0, "decay": {"half_life_days": 1}, "within_days": 30}
    assert [finding.wrong for finding in odd({"interest.rules": rule})] == ["gives nothing"]


def test_rules_of_fit_that_ask_for_the_same() -> None:
    (finding,) = odd({"fit.rules": {"name": "new", "field": "role", "one_of": ["student", "intern"], "points": 1}})
    assert (finding.key, finding.wrong) == ("fit.rules.8", "asks for the same as 'student', so both give points")


@pytest.mark.parametrize("sizes", [SIZES, SIZES[::-1]])
def test_ranges_that_share_the_number_between_them(sizes: list[dict[str, Any]]) -> None:
    (finding,) = odd({"fit.rules": sizes, "fit.groups": {}, "handoff.fit_min": 0, "handoff.score": 50})
    assert finding.key == f"fit.rules.{sizes.index(SIZES[1])}.min"
    assert finding.wrong == "50 is in 'small' too, so both give points"
    assert finding.right == "begin at 51"


@pytest.mark.parametrize("change", [{"min": 51}, {"min": 50, "max": 50}, {"min": 20}])
def test_ranges_that_are_apart_or_one_within_another(change: dict[str, Any]) -> None:
    sizes = [SIZES[0], SIZES[1] | change]
    assert odd({"fit.rules": sizes, "fit.groups": {}, "handoff.fit_min": 0, "handoff.score": 50}) == []


def test_a_daily_ceiling_without_a_rule() -> None:
    (finding,) = odd({"interest.daily": {"identified": 5}})
    assert (finding.key, finding.wrong) == ("interest.daily.identified", "no rule gives points for it")


@pytest.mark.parametrize("more", [{"ceiling": 50}, {"group": "urgency"}])
def test_a_daily_ceiling_that_others_cut_across_is_not_odd(more: dict[str, Any]) -> None:
    rules = [{"name": str(n), "on": "page_viewed", "where": {"url": f"*{n}"}, "points": 50} for n in range(2)]
    changed = {"interest.groups": {"urgency": 60}, "interest.daily": {"page_viewed": 50}}
    odds = odd({**changed, "interest.rules": [rules[0], rules[1] | more]})
    assert [each for each in odds if each.key.startswith("interest.daily")] == []


def test_so_many_rules_that_depend_on_time_that_a_row_may_not_hold_their_hits() -> None:
    rules = [
        {"name": str(n), "on": "page_viewed", "where": {"url": f"*/{n}"}, "points": 1, "once": True} for n in range(81)
    ]
    found = odd({"interest.rules": rules, "interest.groups": {}})
    assert [each.key for each in found if "depend on time" in each.wrong] == ["interest.rules"]
    found = odd({"interest.rules": rules[1:], "interest.groups": {}})
    assert [each.key for each in found if "depend on time" in each.wrong] == []
    sums = [{key: rule[key] for key in rule if key != "once"} | {"ceiling": 1} for rule in rules]
    for day in ({}, {"page_viewed": 5}):
        found = odd({"interest.rules": sums, "interest.groups": {}, "interest.daily": day})
        assert [each.key for each in found if "depend on time" in each.wrong] == ["interest.rules"] * bool(day)
