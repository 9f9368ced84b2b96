"""Named scores and buying groups that make no sense."""

from typing import Any

import pytest

from tests.schemas.test_sense import found

ROLE = {"name": "decides", "field": "seniority", "one_of": ["vp"], "required": True}
GROUPS = {"roles": [ROLE], "score": 50, "completeness": 100}
FIT = {"name": "boss", "field": "seniority", "one_of": ["vp"], "points": 9}
READ = {"name": "read", "on": "page_viewed", "points": 9}
SCORE = {"name": "suite", "handoff": 50}


@pytest.mark.parametrize(
    ("section", "value", "key", "wrong"),
    [
        ("scores", [SCORE, SCORE], "scores.1.name", "'suite' is taken"),
        ("scores", [SCORE | {"handoff": 151}], "scores.0.handoff", "no lead can reach it: the ceilings add up to 150"),
        ("groups", GROUPS | {"account": "firm"}, "groups.account", "'firm' is unknown"),
        ("groups", GROUPS | {"account": "company_size"}, "groups.account", "'company_size' is unknown"),
        ("groups", GROUPS | {"lines": ["suite"]}, "groups.lines.0", "'suite' is unknown"),
        ("groups", GROUPS | {"roles": [ROLE | {"field": "rank"}]}, "groups.roles.0.field", "'rank' is unknown"),
        ("groups", GROUPS | {"roles": [ROLE, ROLE]}, "groups.roles.1.name", "'decides' is taken"),
        ("groups", {"roles": [ROLE]}, "groups", "nothing hands a group over"),
        ("groups", GROUPS | {"roles": []}, "groups.completeness", "no role is required"),
        ("fit.rules", [FIT | {"score": "suite"}], "fit.rules.0.score", "'suite' is unknown"),
        ("interest.rules", [READ | {"score": "suite"}], "interest.rules.0.score", "'suite' is unknown"),
    ],
)
def test_a_choice_that_makes_no_sense(section: str, value: Any, key: str, wrong: str) -> None:
    (finding,) = found(section, value)
    assert (finding.key, finding.wrong) == (key, wrong)
    assert finding.right


def test_choices_that_make_sense() -> None:
    assert found("scores", [SCORE]) == []
    assert found("groups", GROUPS) == []
    assert found("groups", {"roles": [], "score": 1}) == []
