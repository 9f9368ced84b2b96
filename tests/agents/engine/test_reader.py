"""The reader hands over everything once, in order, and reads again what did not arrive."""

import asyncio
import time
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from agents.engine.batch import Round
from agents.engine.lane import Lane
from agents.engine.membership import Membership
from agents.engine.patience import Patience
from agents.engine.reader import Reader
from agents.engine.source import STALL_S, Source
from agents.engine.watch import BrokerWatch
from agents.engine.writer import Writer
from tests.agents.engine.fakes import Fold, Heard, Record, shared

PLACE = TopicPartition("in", 0)


class Client:
    """A consumer over a list of records per place."""

    def __init__(self, log: dict[TopicPartition, list[Record]]) -> None:
        self.log, self.at, self.asked = log, dict[TopicPartition, int](), list[list[TopicPartition]]()
        self.begin = 0
        self.error: Exception | None = None

    def assign(self, places: list[TopicPartition]) -> None:
        self.at = dict.fromkeys(places, 0)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.at[place] = offset

    def unread(self, place: TopicPartition) -> int:
        return len(self.log[place]) - self.at[place]

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self.begin)

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: len(self.log[place]) for place in places}

    async def getmany(self, *places: TopicPartition, timeout_ms: int, max_records: int) -> dict[Any, Any]:
        self.asked.append(list(places))
        await asyncio.sleep(0 if timeout_ms else 1)
        if self.error:
            raise self.error
        got = {}
        for place in places:
            got[place] = self.log[place][self.at[place] : self.at[place] + max_records]
            self.at[place] += len(got[place])
        return {place: records for place, records in got.items() if records}


class Bench:
    """A reader with one lane of one topic."""

    def __init__(self, records: int, **more: Any) -> None:
        self.failed: list[BaseException] = []
        ground, self.heard = shared(self.failed.append, **more)
        watch = BrokerWatch(ground.settings, Heard(), ground.kafka)
        self.writer = Writer(ground, watch, Patience(ground, watch))
        self.fold = Fold()
        self.lane = Lane(0, self.fold, {"in": 0}, self.writer.tell)
        self.lanes = ground.lanes
        self.lanes.add([self.lane], Membership("app", 1, "m", None))
        self.reader = Reader(ground, self.writer)
        self.client = Client({PLACE: [Record(offset) for offset in range(records)]})
        self.inputs = self.reader._place(self.client)

    @property
    def source(self) -> Source:
        return self.inputs._by_place[PLACE]

    async def round(self, deliver: Any) -> None:
        await self.reader._turn(self.client, self.inputs, deliver, self.lanes.version)


async def fold(each: Round) -> None:
    await each.fold()


async def drop(_round: Round) -> None:
    """As an agent that is suspended."""


async def test_records_are_folded_once_and_in_order() -> None:
    bench = Bench(25, read_max=10)
    for _ in range(3):
        await bench.round(fold)
    assert bench.fold.taken == list(range(25))
    assert bench.reader.lag == {PLACE: 0}


async def test_a_batch_says_which_offsets_it_covers() -> None:
    bench = Bench(0)
    bench.client.log[PLACE] = [Record(0), Record(1), Record(7)]  # 2 to 6 are markers and aborted records
    seen = []

    async def note(each: Round) -> None:
        seen.extend((batch.topic, batch.start, batch.end) for batch in each.batches)

    await bench.round(note)
    assert seen == [("in", 0, 8)]


async def test_a_full_lane_is_not_read_until_a_transaction_has_taken_it() -> None:
    bench = Bench(30, read_max=10, uncommitted_max=20)
    await bench.round(fold)
    await bench.round(fold)
    await bench.round(fold)
    assert bench.lane.uncommitted == 20
    await bench.round(fold)
    assert len(bench.client.asked) == 3, "ten wait to be handed over, and no more are read"
    bench.lane.take()
    await bench.round(fold)
    assert bench.fold.taken == list(range(30))


async def test_what_is_on_its_way_to_a_lane_counts_as_in_it() -> None:
    bench, got = Bench(30, read_max=10, uncommitted_max=20), []
    for _ in range(3):
        await bench.round(lambda each: hold(each, got))
    assert [len(each.batches[0].records) for each in got] == [10, 10]


async def hold(each: Round, queue: list[Round]) -> None:
    """As an agent that is busy."""
    queue.append(each)


async def test_nothing_is_handed_over_once_the_set_of_lanes_has_changed() -> None:
    bench = Bench(5)
    version = bench.lanes.version
    bench.lanes.forget()
    bench.lanes.add([bench.lane], Membership("app", 2, "m", None))
    await bench.reader._turn(bench.client, bench.inputs, fold, version)
    assert bench.fold.taken == []


def test_a_lane_that_stays_behind_is_read_again_after_a_second() -> None:
    bench = Bench(0)
    source = bench.source
    source.next = 10
    assert source.missing(100.0) is None
    assert source.missing(100.0 + STALL_S) is None
    assert source.missing(100.1 + STALL_S) == 0
    assert source.next == 0


def test_a_lane_that_moves_is_given_time() -> None:
    bench = Bench(0)
    source = bench.source
    source.next = 10
    source.missing(100.0)
    bench.lane.positions["in"] = 4
    assert source.missing(101.5) is None
    bench.lane.positions["in"] = 10
    assert source.missing(110.0) is None
    assert source.next == 10


async def test_a_batch_that_waits_in_a_queue_is_not_read_again() -> None:
    bench, queue = Bench(5), list[Round]()
    await bench.round(lambda each: hold(each, queue))
    source, now = bench.source, time.monotonic()
    assert source.missing(now + 2 * STALL_S) is None
    queue.clear()
    assert source.missing(now + 3 * STALL_S) == 0, "nobody holds it any more"


async def test_a_dropped_batch_is_read_again() -> None:
    bench = Bench(5)
    await bench.round(drop)
    assert bench.fold.taken == []
    bench.source._stalled_since = -1e9
    bench.inputs._look_at = 0
    await bench.round(fold)
    await bench.round(fold)
    assert bench.fold.taken == list(range(5))


async def test_a_bug_in_the_fold_ends_the_process() -> None:
    bench = Bench(0)
    bench.client.log[PLACE] = [Record(0, b"bug")]
    await bench.round(fold)
    assert len(bench.failed) == 1


async def test_records_that_the_topic_dropped_while_it_was_read_are_reported_and_passed() -> None:
    bench = Bench(9)
    bench.client.begin = 6
    bench.client.error = OffsetOutOfRangeError()
    await bench.reader._resettle(bench.client)
    assert bench.lane.positions == {"in": 6}
    assert bench.heard.events == [("skipped", "in", 0, 0, 6)]


async def test_a_lane_that_was_opened_anew_meanwhile_reads_again_what_the_one_before_had_not_committed() -> None:
    bench = Bench(9)
    bench.lane.positions["in"] = 5  # folded, and then the lane was revoked before it was in the log
    anew = Lane(0, Fold(), {"in": 3}, bench.writer.tell)
    ends = bench.client.end_offsets

    async def reopen(places: list[TopicPartition]) -> dict[TopicPartition, int]:
        bench.lanes.forget()
        bench.lanes.add([anew], Membership("app", 2, "m", None))
        return await ends(places)

    bench.client.end_offsets = reopen  # type: ignore[method-assign]
    await bench.reader._resettle(bench.client)
    assert anew.positions == {"in": 3}
