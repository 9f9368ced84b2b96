"""Our fetch bytes are those that aiokafka's own schema of the same version writes and reads."""

from io import BytesIO
from typing import Any

from aiokafka import TopicPartition
from aiokafka.protocol.fetch import FetchRequest_v11, FetchResponse_v11
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.wire import BYTES_MAX, Fetch, FetchAnswer

LIMITS = {"wait_ms": 20, "min_bytes": 5, "partition_bytes": 99, "committed": 1}
OFFSETS = st.integers(0, 2**62)
PLACES = st.builds(TopicPartition, st.text("abcé.", min_size=1, max_size=9), st.integers(0, 2**30))


def grouped(entries: dict[TopicPartition, Any]) -> list[tuple[str, list[Any]]]:
    topics: dict[str, list[Any]] = {}
    for place, entry in entries.items():
        topics.setdefault(place.topic, []).append(entry)
    return list(topics.items())


@given(st.dictionaries(PLACES, OFFSETS), st.lists(PLACES, unique=True), OFFSETS.map(lambda n: n % 2**31))
def test_a_request(offsets: dict[TopicPartition, int], forgotten: list[TopicPartition], session: int) -> None:
    made = Fetch((session, 7), offsets, forgotten, **LIMITS)
    stock = FetchRequest_v11(
        -1,
        20,
        5,
        BYTES_MAX,
        1,
        session,
        7,
        grouped({place: (place.partition, -1, offset, -1, 99) for place, offset in offsets.items()}),
        grouped({place: place.partition for place in forgotten}),
        "",
    )
    assert made.encode() == stock.encode()
    assert made.API_VERSION == stock.API_VERSION
    assert made.build_request_header(5, "me").encode() == stock.build_request_header(5, "me").encode()


PARTITION = st.tuples(
    st.integers(0, 99),
    st.integers(-1, 100),
    OFFSETS,
    OFFSETS,
    OFFSETS,
    st.none() | st.lists(st.tuples(OFFSETS, OFFSETS), max_size=3),
    st.integers(-1, 5),
    st.none() | st.binary(max_size=20),
)


@given(st.lists(st.tuples(st.text("abé", max_size=5), st.lists(PARTITION, max_size=4)), max_size=3), st.binary())
def test_a_response(topics: list[tuple[str, list[Any]]], header: bytes) -> None:
    stream = BytesIO(header + FetchResponse_v11(3, 71, 12345, topics).encode())
    stream.seek(len(header))
    answer = FetchAnswer.decode(stream)
    assert (answer.error, answer.session) == (71, 12345)
    assert [tuple(each) for each in answer.partitions] == [
        (TopicPartition(topic, partition), error, stable, aborted or [], records or b"")
        for topic, partitions in topics
        for partition, error, _, stable, _, aborted, _, records in partitions
    ]
