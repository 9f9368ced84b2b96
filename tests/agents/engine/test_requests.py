"""Transactions on the wire: our bytes are those that Kafka documents, and what is answered is read."""

from io import BytesIO
from struct import pack
from typing import Any

from aiokafka import TopicPartition
from aiokafka.protocol.api import RequestHeader_v2
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactBytes,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.direct import Direct, Reading, length, text
from agents.engine.membership import Membership
from agents.engine.requests import Accepted, End, Ended, Features, ImplicitOffsets, Levels, Offsets, Produce, Producer
from agents.engine.requests import Written as Produced

TEXT, TAGS = CompactString("utf-8"), ("tags", TaggedFields)
PLACES = st.builds(TopicPartition, st.text("abcé.", min_size=1, max_size=200), st.integers(0, 2**30))
NUMBERS = st.integers(0, 2**62)
PRODUCERS = st.builds(Producer, NUMBERS, st.integers(0, 2**15 - 1))
CODES = st.integers(-1, 120)

PRODUCE = Schema(
    ("name", TEXT),
    ("acks", Int16),
    ("timeout_ms", Int32),
    (
        "topics",
        CompactArray(
            ("name", TEXT),
            ("partitions", CompactArray(("index", Int32), ("records", CompactBytes), TAGS)),
            TAGS,
        ),
    ),
    TAGS,
)
PRODUCED = Schema(
    (
        "topics",
        CompactArray(
            ("name", TEXT),
            (
                "partitions",
                CompactArray(
                    ("index", Int32),
                    ("error", Int16),
                    ("base_offset", Int64),
                    ("append_time", Int64),
                    ("start_offset", Int64),
                    ("record_errors", CompactArray(("index", Int32), ("message", TEXT), TAGS)),
                    ("message", TEXT),
                    TAGS,
                ),
            ),
            TAGS,
        ),
    ),
    ("throttle_ms", Int32),
    TAGS,
)
OFFSETS = Schema(
    ("name", TEXT),
    ("group", TEXT),
    ("producer_id", Int64),
    ("producer_epoch", Int16),
    ("generation", Int32),
    ("member", TEXT),
    ("instance", TEXT),
    (
        "topics",
        CompactArray(
            ("name", TEXT),
            (
                "partitions",
                CompactArray(("index", Int32), ("offset", Int64), ("leader_epoch", Int32), ("metadata", TEXT), TAGS),
            ),
            TAGS,
        ),
    ),
    TAGS,
)
ACCEPTED = Schema(
    ("throttle_ms", Int32),
    (
        "topics",
        CompactArray(("name", TEXT), ("partitions", CompactArray(("index", Int32), ("error", Int16), TAGS)), TAGS),
    ),
    TAGS,
)
END = Schema(("name", TEXT), ("producer_id", Int64), ("producer_epoch", Int16), ("commit", Boolean), TAGS)
ENDED = Schema(("throttle_ms", Int32), ("error", Int16), ("producer_id", Int64), ("producer_epoch", Int16), TAGS)
TAGGED = b"\x01\x05\x02xy"
"""One tagged field: number 5, two bytes."""


def by_topic(entries: dict[TopicPartition, Any]) -> list[tuple[str, list[Any], dict[int, bytes]]]:
    topics: dict[str, list[Any]] = {}
    for place, entry in entries.items():
        topics.setdefault(place.topic, []).append(entry)
    return [(topic, theirs, {}) for topic, theirs in topics.items()]


def behind(header: bytes, raw: bytes) -> BytesIO:
    stream = BytesIO(header + raw)
    stream.seek(len(header))
    return stream


@given(st.text(max_size=300), st.dictionaries(PLACES, st.binary(max_size=300), max_size=5))
def test_records_are_written(name: str, batches: dict[TopicPartition, bytes]) -> None:
    wanted = by_topic({place: (place.partition, batch, {}) for place, batch in batches.items()})
    assert Produce(name, batches, 500).encode() == PRODUCE.encode([name, -1, 500, wanted, {}])


@given(st.dictionaries(PLACES, CODES, max_size=5), st.binary(max_size=9), st.text(max_size=200))
def test_what_came_of_records_is_read(codes: dict[TopicPartition, int], header: bytes, message: str) -> None:
    partitions = {
        place: (place.partition, code, 5, -1, 0, [(0, message, {}), (1, None, {})], message or None, {})
        for place, code in codes.items()
    }
    raw = PRODUCED.encode([by_topic(partitions), 0, {}])
    assert Produced.decode(behind(header, raw)).errors == codes


def test_tagged_fields_of_a_newer_broker_are_skipped() -> None:
    partition = pack(">ihqqq", 3, 6, 5, -1, 0) + length(0) + text(None) + TAGGED
    raw = length(1) + text("in") + length(1) + partition + TAGGED + pack(">i", 0) + TAGGED
    assert Produced.decode(raw).errors == {TopicPartition("in", 3): 6}


@given(PRODUCERS, st.none() | st.text(max_size=9), st.dictionaries(PLACES, NUMBERS, max_size=5))
def test_offsets_are_sent_with_the_membership(
    producer: Producer, instance: str | None, offsets: dict[TopicPartition, int]
) -> None:
    group = Membership("app", 9, "m-1", instance)
    topics = by_topic({place: (place.partition, offset, -1, "", {}) for place, offset in offsets.items()})
    wanted = OFFSETS.encode(["name", "app", *producer, 9, "m-1", instance, topics, {}])
    assert Offsets("name", producer, group, offsets).encode() == wanted
    assert ImplicitOffsets("name", producer, group, offsets).encode() == wanted
    assert (Offsets.API_VERSION, ImplicitOffsets.API_VERSION) == (3, 5)


@given(st.dictionaries(PLACES, CODES, max_size=5), st.binary(max_size=9))
def test_what_the_group_says_is_read(codes: dict[TopicPartition, int], header: bytes) -> None:
    partitions = {place: (place.partition, code, {}) for place, code in codes.items()}
    assert Accepted.decode(behind(header, ACCEPTED.encode([0, by_topic(partitions), {}]))).errors == codes


@given(st.text(max_size=300), PRODUCERS, st.booleans())
def test_the_end_is_written(name: str, producer: Producer, commit: bool) -> None:  # noqa: FBT001  a drawn value
    assert End(name, producer, commit=commit).encode() == END.encode([name, *producer, commit, {}])


@given(CODES, PRODUCERS)
def test_the_next_epoch_is_read(code: int, producer: Producer) -> None:
    answer = Ended.decode(ENDED.encode([0, code, *producer, {}]))
    assert answer.errors == {None: code}
    assert answer.producer == producer


def test_the_levels_of_features_are_read() -> None:
    finalized = length(2) + text("metadata.version") + pack(">hh", 29, 7) + b"\x00"
    finalized += text("transaction.version") + pack(">hh", 2, 0) + TAGGED
    tags = b"\x02" + b"\x01" + b"\x08" + pack(">q", 3) + b"\x02" + bytes([len(finalized)]) + finalized
    apis = length(1) + pack(">hhh", 0, 0, 12) + b"\x00"
    answer = Levels.decode(pack(">h", 0) + apis + pack(">i", 0) + tags)
    assert answer.levels == {"metadata.version": 29, "transaction.version": 2}
    assert answer.errors == {None: 0}


def test_a_cluster_that_tells_no_features_has_none() -> None:
    assert Levels.decode(pack(">h", 0) + length(0) + pack(">i", 0) + b"\x00").levels == {}


def test_the_question_for_features_names_us() -> None:
    assert Features().encode() == b"\x0aleadrelay\x021\x00"


@given(st.integers(0, 2**31 - 1), st.text("abc", max_size=200))
def test_headers_are_those_of_flexible_versions(number: int, name: str) -> None:
    request = End("name", Producer(1, 2), commit=True)
    assert request.build_request_header(number, name).encode() == RequestHeader_v2(request, number, name).encode()
    stream = BytesIO(pack(">i", number) + TAGGED + b"rest")
    assert request.parse_response_header(stream).correlation_id == number
    assert stream.read() == b"rest"


def test_the_answer_to_a_question_for_features_has_the_oldest_header() -> None:
    stream = BytesIO(pack(">i", 7) + b"rest")
    assert Features().parse_response_header(stream).correlation_id == 7
    assert stream.read() == b"rest"


def test_a_request_is_its_own_struct() -> None:
    request: Direct = Features()
    assert request.prepare({}) is request


@given(st.integers(0, 2**40))
def test_lengths_are_read_as_they_are_written(count: int) -> None:
    assert Reading(length(count)).varint() == count + 1
