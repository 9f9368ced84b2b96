"""The rules of interest compiled: found by their activity, sums apart from what depends on time."""

from typing import Any

import pytest

from streams.rulebook import DAY_MS, rulebook
from streams.terms import Terms
from tests.streams.given import agreed

RULE = {"name": "r", "on": "email_opened", "points": 8}


def compiled(**more: Any) -> Terms:
    return agreed(interest__rules=[{**RULE, **more}])


def test_rules_are_found_by_their_activity() -> None:
    book = agreed().interest
    assert [term.name for term in book.plain["page_viewed"]] == ["page read", "pricing page"]
    assert "email_bounced" not in book.plain
    assert book.group_of["pricing page"] == "urgency"
    assert not book.timed
    assert not book.lifting


@pytest.mark.parametrize(
    "more",
    [
        {"once": True},
        {"once_per": "email"},
        {"at_most": 1, "per": "day"},
        {"at_most": 1, "per_days": 2},
        {"within_days": 3},
        {"times": {"min": 2}},
        {"decay": {"half_life_days": 4}},
    ],
)
def test_a_rule_that_asks_for_time_is_no_sum(more: dict[str, Any]) -> None:
    book = compiled(**more).interest
    assert not book.plain
    assert list(book.by_name) == ["r"]
    assert book.timed["email_opened"] == (book.by_name["r"],)


def test_a_rule_for_several_activities_is_one_rule() -> None:
    book = compiled(on=["email_opened", "email_clicked"], once=True).interest
    assert book.timed["email_opened"] == book.timed["email_clicked"] == (book.by_name["r"],)
    assert len(compiled(on="any").interest.plain) > 10


@pytest.mark.parametrize(
    ("more", "lifting"), [({"points": -8, "times": {"max": 1}}, False), ({"times": {"max": 1}}, True), ({}, False)]
)
def test_what_may_rise_without_a_hit_is_known(more: dict[str, Any], lifting: bool) -> None:  # noqa: FBT001
    assert compiled(**{"within_days": 3, **more}).interest.lifting is lifting


def test_points_fade_evenly_to_nothing() -> None:
    fade = compiled(decay={"percent_a_month": 50}).interest.by_name["r"].fade
    assert fade is not None
    assert [age / DAY_MS for age in fade(8)] == [7.5, 15, 22.5, 30, 37.5, 45, 52.5, 60]


def test_points_fade_by_halves_rounded_to_the_nearest() -> None:
    fade = compiled(decay={"half_life_days": 10}).interest.by_name["r"].fade
    assert fade is not None
    left = [8 * 0.5 ** (age / DAY_MS / 10) for age in fade(8)]
    assert left == pytest.approx([7.5, 6.5, 5.5, 4.5, 3.5, 2.5, 1.5, 0.5], abs=1e-5)


def test_the_rulebook_of_no_rules_is_empty() -> None:
    assert rulebook([], {}, agreed().hours.zone).plain == {}
