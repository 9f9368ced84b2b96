"""Thresholds that the ceilings allow, and the rules never reach."""

from typing import Any

import pytest

from tests.schemas.test_odd import odd

GRID = {"fit": {"A": 30, "B": 5, "C": 0}, "interest": {"1": 30, "2": 0}, "handoff": ["A1", "B1"]}
ONCE = {"name": "once", "on": "trial_started", "once": True, "points": 30}
OFTEN = {"name": "often", "on": "product_used", "times": {"min": 2}, "points": 15}
CAPPED = {"name": "capped", "on": "page_viewed", "points": 1, "ceiling": 5}
OFF = {"name": "off", "on": "email_bounced", "points": -10}
FEW: dict[str, Any] = {"interest.rules": [ONCE, CAPPED, OFF], "interest.groups": {}}
"""Rules that give at most 35 points of interest; those of fit give at most 50."""


@pytest.mark.parametrize(
    ("values", "key", "wrong"),
    [
        ({**FEW, "handoff.score": 86}, "handoff.score", "no lead can reach it: the rules give 85 together"),
        ({**FEW, "handoff.interest_min": 36}, "handoff.interest_min", "no lead can reach it: the rules of interest"),
        ({"definitions.lead_score": 61}, "definitions.lead_score", "who has 60 is handed over before being a lead"),
        (
            {**FEW, "definitions.lead_score": 86, "grid": GRID, "handoff.fit_min": 0},
            "definitions.lead_score",
            "no lead can reach it: the rules give 85 together",
        ),
        (
            {**FEW, "grid": GRID | {"interest": {"1": 36, "2": 0}}, "handoff.fit_min": 0},
            "grid.interest.1",
            "nobody gets it: the rules of interest give 35 together",
        ),
        ({"grid": GRID, "handoff.fit_min": 30}, "grid.handoff.1", "hands over nobody: 29 at most, 30 are needed"),
        (
            {"grid": GRID | {"handoff": ["A1", "A2"]}, "handoff.interest_min": 30},
            "grid.handoff.1",
            "hands over nobody: 29 at most, 30 are needed",
        ),
    ],
)
def test_what_no_lead_can_reach(values: dict[str, Any], key: str, wrong: str) -> None:
    (finding,) = odd(values)
    assert finding.key == key
    assert finding.wrong.startswith(wrong)


@pytest.mark.parametrize(
    "values",
    [
        {**FEW, "handoff.score": 85},
        {**FEW, "handoff.interest_min": 35},
        {"interest.rules": [ONCE, CAPPED, OFF], "handoff.score": 85, "interest.groups": {}},
        {"definitions.lead_score": 60},
        {"grid": GRID, "handoff.fit_min": 29},
        {"grid": GRID, "definitions.lead_score": 61},
    ],
)
def test_what_a_lead_can_reach(values: dict[str, Any]) -> None:
    assert odd(values) == []


def test_a_rule_of_occurrences_gives_its_points_once() -> None:
    (finding,) = odd(
        {"interest.rules": [OFTEN], "interest.groups": {}, "handoff.score": 65, "handoff.interest_min": 16}
    )
    assert finding.wrong == "no lead can reach it: the rules of interest give 15 together"


RULES: list[dict[str, Any]] = [
    {"name": "boss", "field": "role", "one_of": ["Boss", "*chief*"], "points": 10},
    {"name": "clerk", "field": "role", "one_of": ["clerk", "boss"], "points": 8},
    {"name": "helper", "field": "role", "one_of": ["helper"], "points": 4},
    {"name": "large", "field": "company_size", "min": 50, "points": 7},
    {"name": "medium", "field": "company_size", "min": 20, "max": 60, "points": 6},
    {"name": "tiny", "field": "company_size", "max": 9, "points": 5},
    {"name": "named", "field": "company", "present": True, "points": 3},
    {"name": "unnamed", "field": "company", "present": False, "points": 1},
    {"name": "far", "field": "country", "one_of": ["XX"], "points": -9},
]


@pytest.mark.parametrize(
    ("groups", "of", "most"),
    [({}, {}, 18 + 13 + 4), ({"all": 30}, {"group": "all"}, 30), ({"all": 40}, {"group": "all"}, 35)],
)
def test_a_field_has_one_value(groups: dict[str, int], of: dict[str, str], most: int) -> None:
    values = {"fit.rules": [rule | of for rule in RULES], "fit.groups": groups, "handoff.score": 99}
    assert odd({**values, "handoff.fit_min": most}) == []
    (finding,) = odd({**values, "handoff.fit_min": most + 1})
    assert finding.wrong == f"no lead can reach it: the rules of fit give {most} together"
