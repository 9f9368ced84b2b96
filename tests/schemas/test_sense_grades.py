"""Grids, ratings and exclusions that make no sense."""

from typing import Any

import pytest

from tests.schemas.test_sense import found

GRID = {"fit": {"A": 40, "B": 0}, "interest": {"1": 30, "2": 0}, "handoff": ["A1"], "names": {"A1": "hot"}}
OWN = {"name": "own", "field": "email_domain", "one_of": ["x"]}


@pytest.mark.parametrize(
    ("section", "value", "key", "wrong", "right"),
    [
        ("grid", GRID | {"fit": {"A": 40, "B": 40}}, "grid.fit.B", "begins at 40, as A does", "give each its own"),
        ("grid", GRID | {"fit": {"A": 51}}, "grid.fit.A", "nobody gets it: fit ends at 50", "lower it"),
        ("grid", GRID | {"interest": {"1": 101}}, "grid.interest.1", "nobody gets it: interest ends", "lower it"),
        ("grid", GRID | {"handoff": ["A1", "A3"]}, "grid.handoff.1", "'A3' is unknown", "one of: A1, A2"),
        ("grid", GRID | {"handoff": ["A1", "B2"]}, "grid.handoff.1", "hands over B2, but not B1", "add B1, or take B2"),
        ("grid", GRID | {"names": {"C1": "x"}}, "grid.names.C1", "'C1' is unknown", "one of: A1, A2"),
        ("rating", {"scale": "linear", "best": 9, "names": {"a": 1, "b": 1}}, "rating.names.b", "begins at 1", "give"),
        ("handoff.interest_min", 101, "handoff.interest_min", "no lead can reach it: interest ends at 100", "lower"),
        ("exclusions", [OWN, OWN], "exclusions.1.name", "'own' is taken", "give each exclusion its own name"),
        ("exclusions", [OWN | {"field": "mail"}], "exclusions.0.field", "'mail' is unknown", "one of: account"),
        ("exclusions", [OWN | {"field": "company_size"}], "exclusions.0.field", "company_size is a number", "exclude"),
    ],
)
def test_a_choice_that_makes_no_sense(section: str, value: Any, key: str, wrong: str, right: str) -> None:
    (finding,) = found(section, value)
    assert finding.key == key
    assert finding.wrong.startswith(wrong)
    assert finding.right.startswith(right)


def test_choices_that_make_sense() -> None:
    assert found("grid", GRID) == []
    assert found("exclusions", [OWN]) == []
    assert found("rating", {"scale": "linear", "best": 130, "names": {"a": 1, "b": 2}}) == []
