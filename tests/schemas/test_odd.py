"""What is odd in an agreement that works has a key, and says what would be right; what is usual is not odd."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.finding import Finding
from schemas.mistakes import Mistake, parse, warnings
from schemas.odd import oddities
from schemas.sense import findings
from tests.schemas.test_sense import DEFAULT, changed

NOW = datetime(2026, 11, 2, tzinfo=UTC)
STAFF = {"name": "staff", "field": "email_domain", "one_of": ["*.ours.example", "ours.example"]}
GUESTS = {"name": "guests", "field": "email_domain", "one_of": ["Guests.Ours.Example"]}


def odd(values: dict[str, Any]) -> list[Finding]:
    """What is odd when some values of the default agreement, which is right still, are others."""
    agreement = changed(values)
    assert list(findings(agreement)) == []
    return list(oddities(agreement, NOW))


@pytest.mark.parametrize(
    "file", ["schemas/agreement.toml", *map(str, sorted(Path("deploy/agreements").glob("*.toml")))]
)
def test_nothing_is_odd_in_the_agreements_that_leadrelay_brings(file: str) -> None:
    text = Path(file).read_text("utf-8")
    assert warnings(text, parse(text), NOW) == []


def test_what_is_odd_is_told_with_its_line() -> None:
    text = DEFAULT.replace("points = 25\n\n", "points = 30\n\n", 1)
    line = text[: text.index("points = 30")].count("\n") + 1
    wrong, right = "never given whole: the group role ends at 25", "lower the points, or raise that ceiling"
    assert warnings(text, parse(text), NOW) == [Mistake(line, "fit.rules.0.points", wrong, right)]


@pytest.mark.parametrize(
    ("values", "key", "wrong"),
    [
        ({"definitions.moves": {"sql": ["sql", "customer"]}}, "definitions.moves.sql", "a sql is a sql already"),
        ({"fit.groups.person": 9}, "fit.groups.person", "no rule is in this group"),
        ({"interest.groups.urgency": 101}, "interest.groups.urgency", "never reached: interest ends at 100"),
        ({"exclusions": [STAFF, GUESTS]}, "exclusions.1", "never holds: 'staff' holds before it for the same"),
        ({"exclusions": [STAFF | {"one_of": ["", "x"]}]}, "exclusions.0.one_of", '"" meets nobody'),
        ({"fit.rules": {"name": "new", "field": "role", "one_of": ["x", ""], "points": 1}}, "fit.rules.8.one_of", '""'),
        (
            {"exclusions": [{"name": "students", "field": "role", "one_of": ["*intern*", "*stud*"]}]},
            "fit.rules.7",
            "comes to nothing: whom it meets is excluded by 'students'",
        ),
    ],
)
def test_a_choice_that_is_odd(values: dict[str, Any], key: str, wrong: str) -> None:
    (finding,) = odd(values)
    assert finding.key == key
    assert finding.wrong.startswith(wrong)


@pytest.mark.parametrize(
    "values",
    [
        {"exclusions": [GUESTS, STAFF]},
        {"exclusions": [STAFF, GUESTS | {"field": "company"}]},
        {"exclusions": [STAFF, GUESTS | {"one_of": ["guests.ours.example", "theirs.example"]}]},
        {"exclusions": [{"name": "students", "field": "role", "one_of": ["student"]}]},
        {"definitions.moves": {"sql": ["lead", "customer"]}},
        {"interest.groups.urgency": 100},
    ],
)
def test_a_choice_that_is_not_odd(values: dict[str, Any]) -> None:
    assert odd(values) == []


def test_a_beginning_far_away_is_likely_a_slip() -> None:
    assert odd({"agreement.effective_from": NOW + timedelta(days=366)}) == []
    (finding,) = odd({"agreement.effective_from": NOW + timedelta(days=367)})
    assert finding.key == "agreement.effective_from"
