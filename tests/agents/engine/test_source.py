"""The topics of a lane are kept in step: what is older by its timestamp is folded first."""

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.lane import Lane
from agents.engine.source import QUEUE_S, STEP_S, Source, in_step
from tests.agents.engine.fakes import Fold, Record

TOPICS = ("a", "b", "c")
B = TopicPartition("b", 0)


class Broker(dict[TopicPartition, int | None]):
    """Tells how much is left to be read: nothing, unless the test says otherwise."""

    def unread(self, place: TopicPartition) -> int | None:
        return self.get(place, 0)


def made(broker: Broker | None = None, **times: list[int]) -> list[Source]:
    """A lane whose topics hold records with these timestamps."""
    lane, broker = Lane(0, Fold(), dict.fromkeys(TOPICS, 0), lambda _: None), broker or Broker()
    sources = [Source(lane, TopicPartition(topic, 0), broker.unread) for topic in TOPICS]
    for source in sources:
        topic = source.place.topic
        source.add([Record(n, topic=topic, timestamp=at) for n, at in enumerate(times.get(topic, []))])
    return sources


def order(sources: list[Source], most: int = 100, moment: float = 0.0) -> list[tuple[str, int]]:
    return [(batch.topic, record.timestamp) for batch in in_step(sources, most, moment) for record in batch.records]


def test_one_topic_alone_is_handed_over_in_one_batch() -> None:
    [batch] = in_step(made(a=[1, 2, 3]), 100, 0.0)
    assert (batch.topic, batch.start, batch.end) == ("a", 0, 3)


def test_topics_are_merged_by_time() -> None:
    assert order(made(a=[1, 4, 9], b=[2, 3], c=[5])) == [("a", 1), ("b", 2), ("b", 3), ("a", 4), ("c", 5), ("a", 9)]


def test_no_more_than_asked_for_is_handed_over() -> None:
    sources = made(a=[1, 4, 9], b=[2, 3])
    assert order(sources, 3) == [("a", 1), ("b", 2), ("b", 3)]
    assert [source.held for source in sources] == [2, 0, 0]


def test_a_topic_whose_next_record_is_on_its_way_holds_up_the_others() -> None:
    broker = Broker({B: 1})
    sources = made(broker, a=[5, 6])
    assert order(sources) == []
    sources[1].add([Record(0, topic="b", timestamp=1)])
    broker[B] = 0
    assert order(sources) == [("b", 1), ("a", 5), ("a", 6)]


def test_a_topic_that_runs_out_in_the_middle_holds_up_the_rest() -> None:
    sources = made(Broker({B: 7}), a=[5, 9], b=[6])
    assert order(sources) == [("a", 5), ("b", 6)]


def test_before_the_first_fetch_nothing_is_known() -> None:
    assert order(made(Broker({TopicPartition("c", 0): None}), a=[1])) == []


def test_a_lane_does_not_wait_for_ever_and_not_twice() -> None:
    sources = made(Broker({B: 3}), a=[1])
    assert order(sources, moment=10.0) == []
    assert order(sources, moment=10.0 + STEP_S) == [("a", 1)]
    sources[0].add([Record(1, topic="a", timestamp=2)])
    assert order(sources, moment=10.1 + STEP_S) == [("a", 2)], "the other topic has had its time"


def test_a_topic_that_has_come_is_waited_for_again() -> None:
    sources = made(Broker({B: 3}), a=[1, 3])
    order(sources, moment=10.0)
    sources[1].add([Record(0, topic="b", timestamp=2)])
    assert order(sources, moment=12.0) == [("a", 1), ("b", 2)]


def test_the_lag_counts_what_waits_and_what_was_not_read() -> None:
    [source, *_] = made(Broker({TopicPartition("a", 0): 5}), a=[1, 2])
    assert source.lag == 7
    source.hand_over(1, None)
    assert (source.lag, source.coming, source.held) == (7, 1, 1)


@pytest.mark.parametrize("most", [1, 7, 100])
@given(times=st.lists(st.tuples(st.sampled_from(TOPICS), st.integers(0, 50)), max_size=40))
def test_all_records_come_once_and_each_topic_in_order(most: int, times: list[tuple[str, int]]) -> None:
    sources = made(**{topic: [at for name, at in times if name == topic] for topic in TOPICS})
    got: list[tuple[str, int]] = []
    while more := order(sources, most):
        got += more
    for topic in TOPICS:
        assert [at for name, at in got if name == topic] == [at for name, at in times if name == topic]


@given(times=st.lists(st.tuples(st.sampled_from(TOPICS), st.integers(0, 50)), max_size=40))
def test_topics_in_order_of_time_give_a_lane_in_order_of_time(times: list[tuple[str, int]]) -> None:
    sources = made(**{topic: sorted(at for name, at in times if name == topic) for topic in TOPICS})
    got = [at for _, at in order(sources)]
    assert got == sorted(got)
    assert len(got) == len(times)


def test_what_waits_in_a_queue_is_not_read_again_while_the_queue_moves() -> None:
    first, second, _ = sources = made(a=[1, 2, 3], b=[4])
    held = list(in_step(sources, 100, 0.0))
    for moment in (100.0, 100.0 + QUEUE_S, 100.0 + 2 * QUEUE_S):
        assert second.missing(moment) is None
        first.lane.positions["a"] += 1
    assert second.missing(101.0 + 2 * QUEUE_S) is None
    assert second.missing(102.0 + 3 * QUEUE_S) == 0, "nothing moves any more"
    del held
