"""Holds the refusal limit to its word: a broken feed stops the worker, single bad messages do not."""

from dataclasses import dataclass, field

import pytest

from agents.errors import LeadrelayError
from agents.refusals import RefusalLimit

APPLIED, REFUSED = ("messages", "leads.activity.v1", "applied"), ("messages", "leads.activity.v1", "refused")


@dataclass
class Lane:
    shown: dict[tuple[str, ...], int] = field(default_factory=dict)


def counts(applied: int, refused: int) -> dict[tuple[str, ...], int]:
    return {APPLIED: applied, REFUSED: refused, ("handoffs", "score"): 99}


def test_more_than_the_share_stops_the_worker() -> None:
    lane, limit = Lane(), RefusalLimit(0.5, 100)
    limit.check({0: lane})
    lane.shown = counts(99, 100)
    with pytest.raises(LeadrelayError, match="100 of 199") as caught:
        limit.check({0: lane})
    assert caught.value.exit_code == 4


def test_the_share_itself_does_not() -> None:
    lane, limit = Lane(), RefusalLimit(0.5, 100)
    limit.check({0: lane})
    lane.shown = counts(100, 100)
    limit.check({0: lane})


def test_a_few_refusals_are_no_broken_feed() -> None:
    lane, limit = Lane(), RefusalLimit(0.5, 100)
    limit.check({0: lane})
    lane.shown = counts(0, 99)
    limit.check({0: lane})


def test_what_was_refused_before_this_worker_is_not_held_against_it() -> None:
    lane, limit = Lane(counts(0, 5000)), RefusalLimit(0.5, 100)
    limit.check({0: lane})
    limit.check({0: Lane(counts(0, 9000))})


def test_all_lanes_count_together() -> None:
    lanes, limit = {0: Lane(), 1: Lane()}, RefusalLimit(0.5, 100)
    limit.check(lanes)
    lanes[0].shown, lanes[1].shown = counts(10, 60), counts(10, 60)
    with pytest.raises(LeadrelayError):
        limit.check(lanes)
