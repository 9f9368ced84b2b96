"""Each story of a rule comes to what is expected, and the stories show every key of the language of rules."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.agreement import Definitions, Exclusion, Grid, Handoff, Head, Rating, Return
from schemas.mistakes import parse, warnings
from schemas.rules import Condition, Decay, Fit, FitRule, Interest, InterestRule, Times
from tests.stories.rules.told import HERE, STORIES, agreement, told

LANGUAGE = (
    *(Fit, FitRule, Interest, InterestRule, Condition, Times, Decay, Exclusion, Grid, Rating),
    *(Definitions, Handoff, Head, Return),
)
OWN = sorted(path for path in HERE.glob("*.toml") if path.stem != "agreement")
EVENTS_MAX = 15


@pytest.mark.parametrize("name", STORIES)
def test_a_story_comes_to_what_is_expected(name: str) -> None:
    assert told(name) == (HERE / f"{name}.expected.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_short(name: str) -> None:
    assert len((HERE / f"{name}.jsonl").read_bytes().splitlines()) <= EVENTS_MAX


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_an_agreement_says_in_its_first_line_what_it_shows(path: Any) -> None:
    first, blank, *_ = path.read_text().splitlines()
    assert first.startswith("# ")
    assert first.endswith(".")
    assert blank == ""


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_nothing_is_odd_in_an_agreement_but_what_it_leaves_out(path: Any) -> None:
    text = agreement(path.stem)
    found = {mistake.key for mistake in warnings(text, parse(text), datetime(2026, 11, 2, tzinfo=UTC))}
    assert found <= {"handoff.score", "definitions.lead_score"}


def test_every_story_has_its_agreement() -> None:
    assert {path.stem.removesuffix(".2") for path in OWN} == set(STORIES)


def test_the_stories_show_the_whole_language() -> None:
    shown = {key for path in (*OWN, HERE / "agreement.toml") for key in _keys(tomllib.loads(path.read_text()))}
    language = {field.alias or name for table in LANGUAGE for name, field in table.model_fields.items()}
    assert language - shown == set()


def _keys(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _keys(child)
