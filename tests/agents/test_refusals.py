"""Holds the refusal limit to its word: a broken feed stops the worker, single bad messages do not."""

from dataclasses import dataclass, field

import pytest

from agents.errors import LeadrelayError
from agents.refusals import RefusalLimit

APPLIED, REFUSED = ("messages", "leads.activity.v1", "applied"), ("messages", "leads.activity.v1", "refused")


@dataclass
class Lane:
    shown: dict[tuple[str, ...], int] = field(default_factory=dict)
    restored: dict[tuple[str, ...], int] = field(default_factory=dict)


def counts(applied: int, refused: int) -> dict[tuple[str, ...], int]:
    return {APPLIED: applied, REFUSED: refused, ("handoffs", "score"): 99}


def test_more_than_the_share_stops_the_worker() -> None:
    lane, limit = Lane(), RefusalLimit(0.5, 100)
    lane.shown = counts(99, 100)
    with pytest.raises(LeadrelayError, match="100 of 199") as caught:
        limit.check([lane])
    assert caught.value.exit_code == 4


def test_the_share_itself_does_not() -> None:
    lane, limit = Lane(), RefusalLimit(0.5, 100)
    lane.shown = counts(100, 100)
    limit.check([lane])


def test_a_few_refusals_are_no_broken_feed() -> None:
    lane, limit = Lane(), RefusalLimit(0.5, 100)
    lane.shown = counts(0, 99)
    limit.check([lane])


def test_what_was_refused_before_this_worker_is_not_held_against_it() -> None:
    RefusalLimit(0.5, 100).check([Lane(counts(0, 5099), restored=counts(0, 5000))])


def test_what_was_refused_before_it_was_first_looked_at_is() -> None:
    with pytest.raises(LeadrelayError, match="100 of 100"):
        RefusalLimit(0.5, 100).check([Lane(counts(0, 5100), restored=counts(0, 5000))])


def test_all_lanes_count_together() -> None:
    lanes, limit = [Lane(), Lane()], RefusalLimit(0.5, 100)
    lanes[0].shown, lanes[1].shown = counts(10, 60), counts(10, 60)
    with pytest.raises(LeadrelayError):
        limit.check(lanes)
