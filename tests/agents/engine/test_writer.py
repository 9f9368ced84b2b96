"""When a transaction is made, what goes into it, and what happens when it fails."""

import asyncio
import gc
from collections.abc import Sequence
from typing import Any, Self

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError, ProducerFenced

from agents.engine.lane import Lane, Taken
from agents.engine.membership import Membership, RefusedError
from agents.engine.moment import now
from agents.engine.patience import Patience
from agents.engine.watch import BrokerWatch
from agents.engine.writer import Writer
from tests.agents.engine.fakes import Fold, Heard, Record, shared

MEMBERSHIP = Membership("app", 1, "m-1", None)


class Transactions:
    """Takes what it is given, as slowly as the test wants."""

    def __init__(self) -> None:
        self.producer = None
        self.written: list[list[tuple[int, dict[str, int], int]]] = []
        self.aborted = 0
        self.shown: list[TopicPartition] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, taken: Sequence[Taken], membership: Membership) -> None:
        assert membership is MEMBERSHIP
        self.written.append([(part.lane.partition, dict(part.positions), part.records) for part in taken])
        await self.gate.wait()
        if self.error:
            raise self.error

    async def abort(self) -> None:
        self.aborted += 1

    async def show(self, lane: TopicPartition, membership: Membership) -> None:
        assert membership is MEMBERSHIP
        self.shown.append(lane)
        await self.gate.wait()
        if self.error:
            raise self.error


class Bench:
    """A writer with two open lanes."""

    def __init__(self, *, urgent: bool = True, **more: Any) -> None:
        self.failed: list[BaseException] = []
        ground, self.heard = shared(self.failed.append, **more)
        self.lanes = ground.lanes
        self.watch = BrokerWatch(ground.settings, Heard(), ground.kafka)
        self.patience = Patience(ground, self.watch)
        self.writer = Writer(ground, self.watch, self.patience)
        self.folds = [Fold(urgent=urgent), Fold(urgent=urgent)]
        made = [Lane(n, fold, {"in": 0}, self.writer.tell) for n, fold in enumerate(self.folds)]
        self.lanes.add(made, MEMBERSHIP)
        self.transactions = Transactions()
        self.writer._transactions = self.transactions  # type: ignore[assignment]

    async def __aenter__(self) -> Self:
        await self.writer.start(TopicPartition("in", 0), MEMBERSHIP)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.patience.end()
        assert self.writer._work is not None
        self.writer._work.cancel()

    async def offer(self, lane: int, start: int, end: int) -> None:
        await self.lanes.open[lane].offer("in", [Record(n) for n in range(start, end)], start, end)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.transactions.written) < count:  # noqa: ASYNC110 - the fake has no event
                await asyncio.sleep(0.005)


async def test_all_lanes_that_have_something_go_into_one_transaction() -> None:
    async with Bench() as bench:
        await bench.offer(0, 0, 2)
        await bench.offer(1, 0, 3)
        await bench.until(1)
        await bench.writer.idle()
        assert bench.transactions.written == [[(0, {"in": 2}, 2), (1, {"in": 3}, 3)]]
        assert bench.heard.events == [("committed", 2, 5, 5, 0)]
        assert [fold.commits for fold in bench.folds] == [1, 1]
        assert bench.writer.last_commit_at is not None


async def test_a_lane_without_news_is_left_out() -> None:
    async with Bench() as bench:
        await bench.offer(1, 0, 1)
        await bench.until(1)
        assert bench.transactions.written == [[(1, {"in": 1}, 1)]]
        assert bench.folds[0].commits == 0


async def test_what_is_folded_while_a_transaction_runs_goes_into_the_next() -> None:
    async with Bench() as bench:
        bench.transactions.gate.clear()
        await bench.offer(0, 0, 1)
        await bench.until(1)
        await bench.offer(0, 1, 4)
        bench.transactions.gate.set()
        await bench.until(2)
        assert bench.transactions.written == [[(0, {"in": 1}, 1)], [(0, {"in": 4}, 3)]]


async def test_what_no_reader_waits_for_is_left_out_of_a_transaction_in_a_hurry() -> None:
    async with Bench(urgent=False, idle_interval_ms=60_000) as bench:
        await bench.offer(0, 0, 1)
        await asyncio.sleep(0.1)
        assert bench.transactions.written == []
        bench.folds[1].urgent = True
        await bench.offer(1, 0, 1)
        await bench.until(1)
        assert bench.transactions.written == [[(1, {"in": 1}, 1)]]
        assert bench.lanes.open[0].dirty


async def test_what_has_waited_long_enough_goes_with_the_next() -> None:
    async with Bench(urgent=False, idle_interval_ms=60_000) as bench:
        await bench.offer(0, 0, 1)
        bench.lanes.open[0].dirty_since = now() - 61
        bench.folds[1].urgent = True
        await bench.offer(1, 0, 1)
        await bench.until(1)
        assert len(bench.transactions.written[0]) == 2


async def test_what_nobody_waits_for_waits_for_company() -> None:
    async with Bench(urgent=False, idle_interval_ms=50) as bench:
        await bench.offer(0, 0, 1)
        await bench.offer(1, 0, 1)
        await bench.until(1)
        assert len(bench.transactions.written[0]) == 2


async def test_what_no_reader_waits_for_is_written_at_last() -> None:
    async with Bench(urgent=False, idle_interval_ms=50) as bench:
        await bench.offer(0, 0, 1)
        await bench.until(1)


async def test_a_lane_that_is_full_is_in_a_hurry() -> None:
    async with Bench(urgent=False, idle_interval_ms=60_000, uncommitted_max=10, read_max=5) as bench:
        await bench.offer(0, 0, 5)
        assert bench.writer.has_room(bench.lanes.open[0])
        assert not bench.writer.has_room(bench.lanes.open[0], coming=1)
        bench.writer.room.clear()
        await bench.offer(0, 5, 10)
        await bench.until(1)
        assert bench.writer.has_room(bench.lanes.open[0])
        assert bench.writer.room.is_set()


async def test_a_full_lane_takes_all_others_along() -> None:
    async with Bench(urgent=False, idle_interval_ms=60_000, uncommitted_max=10, read_max=5) as bench:
        await bench.offer(1, 0, 1)
        bench.folds[0].urgent = True
        await bench.offer(0, 0, 10)
        await bench.until(1)
        assert len(bench.transactions.written[0]) == 2


async def test_a_touched_lane_is_committed_with_its_positions() -> None:
    async with Bench() as bench:
        bench.lanes.open[0].touch()
        await bench.until(1)
        assert bench.transactions.written == [[(0, {"in": 0}, 0)]]


async def test_refused_by_the_group_it_forgets_all_lanes_and_aborts() -> None:
    async with Bench() as bench:
        bench.transactions.error = RefusedError("ILLEGAL_GENERATION")
        lanes = list(bench.lanes.open.values())
        await bench.offer(0, 0, 2)
        await bench.until(1)
        await bench.writer.idle()
        assert bench.lanes.open == {}
        assert all(lane.closed for lane in lanes)
        assert bench.transactions.aborted == 1
        assert bench.heard.events == [("refused", "ILLEGAL_GENERATION", [0], 2)]
        assert bench.folds[0].commits == 0
        assert bench.failed == []


async def test_any_other_error_ends_the_process() -> None:
    async with Bench() as bench:
        bench.transactions.error = error = MessageSizeTooLargeError()
        await bench.offer(0, 0, 1)
        await bench.until(1)
        await bench.writer.idle()
        await asyncio.sleep(0)
        assert bench.failed == [error]
        assert bench.transactions.aborted == 0


async def lose(bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception, *, away: bool = False) -> list[bool]:
    """Lose a transaction; returns what was asked of the group."""
    asked: list[bool] = []

    async def discard(_producer: object) -> None:
        """Nothing to close."""

    monkeypatch.setattr(bench.writer._kafka, "discard", discard)
    bench.patience.rejoin = lambda: asked.append(True)
    bench.transactions.gate.clear()
    bench.transactions.error = error
    await bench.offer(0, 0, 1)
    await bench.until(1)
    if away:
        bench.watch._away("connection refused")
    bench.transactions.gate.set()
    await bench.writer.idle()
    await asyncio.sleep(0)
    return asked


@pytest.mark.parametrize(("error", "away"), [(ProducerFenced(), False), (KafkaTimeoutError(), True)])
async def test_a_lost_transaction_is_begun_again_under_a_new_name(
    monkeypatch: pytest.MonkeyPatch, error: Exception, *, away: bool
) -> None:
    async with Bench() as bench:
        name = bench.writer.name
        assert await lose(bench, monkeypatch, error, away=away) == [True]
        assert bench.failed == []
        assert bench.lanes.open == {}
        assert bench.writer.name != name
        assert bench.heard.events == [("refused", type(error).__name__, [0], 1)]


async def test_an_error_of_a_broker_that_is_there_is_not_a_lost_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Bench() as bench:
        assert await lose(bench, monkeypatch, KafkaTimeoutError()) == []
        assert [type(error) for error in bench.failed] == [KafkaTimeoutError]


async def test_a_name_that_is_the_same_after_a_restart_is_not_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Bench(instance="w0") as bench:
        assert bench.writer.name == "app-w0"
        assert await lose(bench, monkeypatch, ProducerFenced(), away=True) == []
        assert [type(error) for error in bench.failed] == [ProducerFenced]


async def test_a_refused_transaction_that_was_ended_by_the_new_owner_is_begun_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Bench() as bench:

        async def ended() -> None:
            raise ProducerFenced

        monkeypatch.setattr(bench.transactions, "abort", ended)
        assert await lose(bench, monkeypatch, RefusedError("ILLEGAL_GENERATION")) == [True]
        assert bench.failed == []
        assert bench.heard.events == [("refused", "ILLEGAL_GENERATION", [0], 1)]


async def test_a_name_that_others_can_have_is_shown_before_lanes_are_opened_again() -> None:
    async with Bench(instance="w0") as bench:
        assert bench.transactions.shown == [TopicPartition("in", 0)]
        bench.transactions.error = ProducerFenced()
        with pytest.raises(ProducerFenced):
            await bench.writer.start(TopicPartition("in", 1), MEMBERSHIP)


async def test_an_opening_that_is_given_up_leaves_no_error_that_nobody_hears() -> None:
    nobodys: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: nobodys.append(context))
    async with Bench(instance="w0") as bench:
        bench.transactions.gate.clear()
        bench.transactions.error = ProducerFenced()
        opening = asyncio.create_task(bench.writer.start(TopicPartition("in", 1), MEMBERSHIP))
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.wait([opening])
        bench.transactions.gate.set()
        await bench.writer.idle()
        await asyncio.sleep(0)
        gc.collect()
        assert bench.transactions.shown == [TopicPartition("in", 0), TopicPartition("in", 1)]
        assert nobodys == []


async def test_a_random_name_needs_no_showing() -> None:
    async with Bench() as bench:
        assert bench.transactions.shown == []
