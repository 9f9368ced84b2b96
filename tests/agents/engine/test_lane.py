"""A lane folds each record once, whatever the reader hands it."""

import asyncio

import pytest

from agents.engine.lane import FoldError, Lane
from agents.errors import LeadrelayError
from tests.agents.engine.fakes import Fold, Record


def new_lane(**positions: int) -> tuple[Lane, Fold, list[Lane]]:
    fold, told = Fold(), list[Lane]()
    return Lane(0, fold, positions, told.append), fold, told


def records(start: int, end: int) -> list[Record]:
    return [Record(offset) for offset in range(start, end)]


async def test_records_are_folded_in_order_and_the_lane_says_so() -> None:
    lane, fold, told = new_lane(a=5)
    assert await lane.offer("a", records(5, 8), 5, 8)
    assert fold.taken == [5, 6, 7]
    assert lane.positions == {"a": 8}
    assert lane.uncommitted == 3
    assert lane in told


async def test_a_slow_fold_gives_the_loop_its_turns_and_what_is_folded_by_then_can_be_committed() -> None:
    lane, fold, _ = new_lane(a=0)
    fold.pause_s = 0.001
    folding = asyncio.create_task(lane.offer("a", records(0, 100), 0, 100))
    await asyncio.sleep(0)
    taken = lane.take()
    assert 0 < taken.records == taken.positions["a"] < 100
    assert await folding
    assert lane.take().records == 100 - taken.records
    assert fold.taken == list(range(100))


async def test_a_lane_that_is_closed_while_it_folds_stops() -> None:
    lane, fold, _ = new_lane(a=0)
    fold.pause_s = 0.001
    folding = asyncio.create_task(lane.offer("a", records(0, 100), 0, 100))
    await asyncio.sleep(0)
    lane.closed = True
    await folding
    assert len(fold.taken) < 100


async def test_old_news_is_left_alone() -> None:
    lane, fold, told = new_lane(a=5)
    assert not await lane.offer("a", records(2, 5), 2, 5)
    assert (fold.taken, told, lane.positions) == ([], [], {"a": 5})


async def test_what_is_old_in_a_batch_is_skipped() -> None:
    lane, fold, _ = new_lane(a=5)
    assert await lane.offer("a", records(3, 8), 3, 8)
    assert fold.taken == [5, 6, 7]
    assert lane.uncommitted == 3


async def test_records_behind_a_gap_are_not_folded() -> None:
    lane, fold, _ = new_lane(a=5)
    assert not await lane.offer("a", records(6, 8), 6, 8)
    assert fold.taken == []


async def test_offsets_that_hold_no_record_are_passed() -> None:
    lane, fold, _ = new_lane(a=5)
    assert await lane.offer("a", [Record(9)], 5, 10)
    assert fold.taken == [9]
    assert lane.positions == {"a": 10}


async def test_each_topic_has_a_position_of_its_own() -> None:
    lane, _, _ = new_lane(a=5, b=1)
    await lane.offer("b", records(1, 3), 1, 3)
    assert lane.positions == {"a": 5, "b": 3}


async def test_a_closed_lane_takes_nothing_and_is_silent() -> None:
    lane, fold, told = new_lane(a=0)
    lane.closed = True
    assert not await lane.offer("a", records(0, 2), 0, 2)
    lane.touch()
    assert (fold.taken, told, lane.dirty) == ([], [], False)


async def test_what_was_taken_is_given_to_one_transaction_alone() -> None:
    lane, fold, _ = new_lane(a=0)
    await lane.offer("a", records(0, 2), 0, 2)
    first = lane.take()
    await lane.offer("a", records(2, 3), 2, 3)
    second = lane.take()
    assert [(part.positions, part.records, len(part.harvest.rows)) for part in (first, second)] == [
        ({"a": 2}, 2, 2),
        ({"a": 3}, 1, 1),
    ]
    assert not lane.dirty
    assert fold.waiting == []


def test_a_lane_can_be_harvested_though_nothing_came_in() -> None:
    lane, _, told = new_lane(a=0)
    lane.touch()
    assert lane.dirty
    assert told == [lane]
    assert lane.take().records == 0


def test_a_fold_that_does_not_say_is_in_a_hurry() -> None:
    class Plain:
        """No attribute urgent."""

    lane, fold, _ = new_lane()
    assert not lane.urgent
    fold.urgent = True
    assert lane.urgent
    lane.fold = Plain()  # type: ignore[assignment]
    assert lane.urgent


async def test_a_bug_names_its_record() -> None:
    lane, _, _ = new_lane(a=0)
    with pytest.raises(FoldError, match="in/0, offset 1"):
        await lane.offer("a", [Record(0), Record(1, b"bug")], 0, 2)


async def test_an_error_for_people_passes_as_it_is() -> None:
    lane, fold, _ = new_lane(a=0)

    def refuse(_record: object) -> None:
        raise LeadrelayError("what", "detail", "remedy")

    fold.take = refuse  # type: ignore[method-assign]
    with pytest.raises(LeadrelayError):
        await lane.offer("a", records(0, 1), 0, 1)
