"""An agreement of the right shape can still be nonsense: each kind of it has a key and says what would be right."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from schemas.agreement import Agreement
from schemas.sense import Finding, findings

DEFAULT = (files("schemas") / "agreement.toml").read_text("utf-8")
FIT = {"name": "new", "points": 1}
ON = {"name": "new", "points": 1, "on": "event_attended"}


def changed(values: Mapping[str, object]) -> Agreement:
    """The default agreement with other values; a list grows by one that is none."""
    tree: Any = tomllib.loads(DEFAULT)
    for key, value in values.items():
        node = tree
        *path, last = key.split(".")
        for step in path:
            node = node[step]
        if isinstance(node.get(last), list) and not isinstance(value, list):
            node[last].append(value)
        else:
            node[last] = value
    return Agreement.model_validate(tree)


def found(key: str, value: object) -> list[Finding]:
    """What is found when one value of the default agreement is another."""
    return list(findings(changed({key: value})))


@pytest.mark.parametrize(
    ("rule", "key", "wrong", "right"),
    [
        ({"field": "senority", "one_of": ["x"]}, ".field", "'senority' is unknown", "did you mean 'seniority'?"),
        ({"field": "role", "one_of": ["x"], "group": "rol"}, ".group", "'rol' is unknown", "did you mean 'role'?"),
        ({"field": "campaign", "one_of": ["x"]}, ".field", "'campaign' is unknown", "did you mean 'company'?"),
        ({"field": "company_size"}, "", "company_size is a number", "give min, max or both, and no one_of"),
        (
            {"field": "company_size", "min": 1, "one_of": ["x"]},
            "",
            "company_size is a number",
            "give min, max or both, and no one_of",
        ),
        (
            {"field": "role", "present": True, "one_of": ["x"]},
            ".present",
            "says all that can be said",
            "leave out one_of, min and max",
        ),
        ({"field": "role"}, "", "role is a word", "give one_of with at least one word, and no min or max"),
        (
            {"field": "role", "one_of": ["x"], "max": 1},
            "",
            "role is a word",
            "give one_of with at least one word, and no min or max",
        ),
        (
            {"field": "company_size", "min": 9, "max": 8},
            ".min",
            "no number is at least 9 and at most 8",
            "swap min and max",
        ),
        (
            {"name": "student", "field": "role", "one_of": ["x"]},
            ".name",
            "'student' is taken",
            "give each rule its own name",
        ),
    ],
)
def test_a_rule_of_fit_that_is_dead(rule: dict[str, object], key: str, wrong: str, right: str) -> None:
    assert found("fit.rules", FIT | rule) == [Finding(f"fit.rules.8{key}", wrong, right)]


@pytest.mark.parametrize(
    ("rule", "key", "wrong", "right"),
    [
        ({"on": "event_attend"}, ".on", "'event_attend' is unknown", "did you mean 'event_attended'?"),
        ({"group": "x"}, ".group", "'x' is unknown", "one of: consideration, knowledge, urgency"),
        ({"where": {"kid": "event"}}, ".where.kid", "'kid' is unknown", "did you mean 'kind'?"),
        ({"where": {"kind": "webinars"}}, ".where.kind", "'webinars' is unknown", "did you mean 'webinar'?"),
        ({"where": {"kind": ["event", "fair"]}}, ".where.kind", "'fair' is unknown", "one of: event, webinar"),
        ({"where": {"event": 5}}, ".where.event", "this field is a text, 5 is not", "write it in quotes"),
        ({"where": {"event": True}}, ".where.event", "this field is a text, True is not", "write it in quotes"),
        ({"name": "trial"}, ".name", "'trial' is taken", "give each rule its own name"),
    ],
)
def test_a_rule_of_interest_that_is_dead(rule: dict[str, object], key: str, wrong: str, right: str) -> None:
    assert found("interest.rules", ON | rule) == [Finding(f"interest.rules.11{key}", wrong, right)]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"kind": "Webinar"},
        {"kind": "web*"},
        {"kind": ["event", "webinar"]},
        {"minutes": 30},
        {"minutes": "30"},
        {"event": "*summit*"},
        {"source": "search"},
    ],
)
def test_a_rule_that_can_give_points_is_right(where: dict[str, object]) -> None:
    assert found("interest.rules", ON | {"where": where}) == []


@pytest.mark.parametrize(
    ("key", "value", "wrong", "right"),
    [
        ("handoff.score", 151, "no lead can reach it: the ceilings add up to 150", "lower it"),
        ("handoff.fit_min", 51, "no lead can reach it: fit ends at 50", "lower it"),
        ("hours.to", "09:00", "work ends at 09:00 but begins at 09:00", "let it end later that day"),
        ("hours.zone", "Europe/Atlantis", "'Europe/Atlantis' is no time zone", "a name like 'Europe/Berlin'"),
        ("hours.zone", "../etc", "'../etc' is no time zone", "a name like 'Europe/Berlin'"),
        ("return.reasons.not_ready", "awarenes", "'awarenes' is unknown", "did you mean 'awareness'?"),
        ("nurture.stages.lead", "x", "'x' is unknown", "one of: awareness, consideration, decision, reconnect"),
        ("nurture.stages.mql", "decision", "no track starts with the stage 'mql'", "one of: contact, lead, customer"),
    ],
)
def test_a_choice_that_leads_nowhere(key: str, value: object, wrong: str, right: str) -> None:
    assert found(key, value) == [Finding(key, wrong, right)]


def test_a_moment_without_a_time_zone() -> None:
    tree = tomllib.loads(DEFAULT.replace("2000-01-01T00:00:00Z", "2000-01-01T00:00:00"))
    (finding,) = findings(Agreement.model_validate(tree))
    assert finding == Finding("agreement.effective_from", "has no time zone", "write it like 2026-01-01T00:00:00Z")


def test_the_reason_that_the_agreement_itself_gives_is_needed() -> None:
    (finding,) = found("return.reasons", {"not_ready": ""})
    assert finding == Finding("return.reasons", "no_answer is missing", 'add no_answer = "" or with a track')


def test_no_tracks_at_all() -> None:
    assert Finding("nurture.stages.lead", "'consideration' is unknown", "one of: (there are none)") in found(
        "nurture.tracks", []
    )
