"""The requests of a transaction that aiokafka does not know.

They are Produce 12, TxnOffsetCommit 3 and 5, EndTxn 5 and ApiVersions 3. What they promise: KIP-447 (offsets with the
group membership), KIP-890 (an epoch for each transaction).
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from struct import Struct
from typing import NamedTuple, Self

from aiokafka import TopicPartition
from aiokafka.protocol.api import ResponseHeader_v0

from agents.engine.direct import INT, NO_TAGS, SHORT, Answer, Direct, Reading, length, text
from agents.engine.membership import Membership

ALL_REPLICAS, UNKNOWN = -1, -1
ACKS, WRITTEN = Struct(">hi"), Struct(">ihqqq")
PRODUCER, OFFSET, TAKEN = Struct(">qh"), Struct(">iqi"), Struct(">ih")
END, ENDED = Struct(">qhb"), Struct(">ihqh")
API, LEVELS = Struct(">hhh"), Struct(">hh")
FINALIZED = 2
"""The tag of the features that the whole cluster has."""


class Producer(NamedTuple):
    """What the broker knows the owner of a transactional id by."""

    id: int
    epoch: int


class Written(Answer):
    """The answer to `Produce`."""

    @classmethod
    def decode(cls, data: BytesIO | bytes) -> Self:
        """Read it; the stream stands behind its header."""
        reading, made = Reading(data), cls()
        made.errors = errors = {}
        for _ in reading.several():
            topic = reading.text()
            for _ in reading.several():
                partition, error, *_ = reading.take(WRITTEN)
                errors[TopicPartition(topic, partition)] = error
                for _ in reading.several():  # what is wrong with single records
                    reading.take(INT)
                    reading.text()
                    reading.skip_tags()
                reading.text()
                reading.skip_tags()
            reading.skip_tags()
        return made


class Produce(Direct):
    """Write a batch to each of some partitions, which need not be named to the transaction's coordinator first."""

    API_KEY, API_VERSION, RESPONSE_TYPE = 0, 12, Written

    def __init__(self, name: str, batches: Mapping[TopicPartition, bytes], timeout_ms: int) -> None:
        self.name, self.batches, self.timeout_ms = name, batches, timeout_ms

    def encode(self) -> bytes:
        """Give the bytes behind the header."""
        topics: dict[str, list[bytes]] = {}
        for (topic, partition), batch in self.batches.items():
            topics.setdefault(topic, []).append(b"".join((INT.pack(partition), length(len(batch)), batch, NO_TAGS)))
        return b"".join((text(self.name), ACKS.pack(ALL_REPLICAS, self.timeout_ms), *_by_topic(topics), NO_TAGS))


class Accepted(Answer):
    """The answer to `Offsets`."""

    @classmethod
    def decode(cls, data: BytesIO | bytes) -> Self:
        """Read it; the stream stands behind its header."""
        reading, made = Reading(data), cls()
        made.errors = errors = {}
        reading.take(INT)
        for _ in reading.several():
            topic = reading.text()
            for _ in reading.several():
                partition, error = reading.take(TAKEN)
                errors[TopicPartition(topic, partition)] = error
                reading.skip_tags()
            reading.skip_tags()
        return made


class Offsets(Direct):
    """Have a group take offsets with the transaction: those of the next records to be read.

    Version 3 is the first that carries the membership.
    """

    API_KEY, API_VERSION, RESPONSE_TYPE = 28, 3, Accepted

    def __init__(self, name: str, producer: Producer, group: Membership, offsets: Mapping[TopicPartition, int]) -> None:
        self.name, self.producer, self.membership, self.offsets = name, producer, group, offsets

    def encode(self) -> bytes:
        """Give the bytes behind the header."""
        group, topics = self.membership, dict[str, list[bytes]]()
        for (topic, partition), offset in self.offsets.items():
            each = OFFSET.pack(partition, offset, UNKNOWN) + text("") + NO_TAGS
            topics.setdefault(topic, []).append(each)
        who = (text(self.name), text(str(group)), PRODUCER.pack(*self.producer))
        member = (INT.pack(group.generation), text(group.member_id), text(group.instance))
        return b"".join((*who, *member, *_by_topic(topics), NO_TAGS))


class ImplicitOffsets(Offsets):
    """The same; the group need not be named to the transaction's coordinator first."""

    API_VERSION = 5


class Ended(Answer):
    """The answer to `End`; producer is who we are in the next transaction."""

    producer: Producer

    @classmethod
    def decode(cls, data: BytesIO | bytes) -> Self:
        """Read it; the stream stands behind its header."""
        made = cls()
        _, error, *producer = Reading(data).take(ENDED)
        made.errors, made.producer = {None: error}, Producer(*producer)
        return made


class End(Direct):
    """Commit a transaction, or abort it."""

    API_KEY, API_VERSION, RESPONSE_TYPE = 26, 5, Ended

    def __init__(self, name: str, producer: Producer, *, commit: bool) -> None:
        self.name, self.producer, self.commit = name, producer, commit

    def encode(self) -> bytes:
        """Give the bytes behind the header."""
        return text(self.name) + END.pack(*self.producer, self.commit) + NO_TAGS


class Levels(Answer):
    """The answer to `Features`: the level of each feature that the whole cluster has."""

    levels: Mapping[str, int]

    @classmethod
    def decode(cls, data: BytesIO | bytes) -> Self:
        """Read it; the stream stands behind its header."""
        reading, made = Reading(data), cls()
        (error,) = reading.take(SHORT)
        for _ in reading.several():
            reading.take(API)
            reading.skip_tags()
        reading.take(INT)
        features = Reading(dict(reading.tags()).get(FINALIZED, length(0)))
        made.errors, made.levels = {None: error}, dict(_level(features) for _ in features.several())
        return made


class Features(Direct):
    """Ask what the cluster can."""

    API_KEY, API_VERSION, RESPONSE_TYPE = 18, 3, Levels

    def encode(self) -> bytes:
        """Give the bytes behind the header."""
        return text("leadrelay") + text("1") + NO_TAGS

    def parse_response_header(self, read_buffer: BytesIO | bytes) -> ResponseHeader_v0:
        """Read the header, which has the oldest form in every version of this answer."""
        return ResponseHeader_v0.decode(read_buffer)


def _level(reading: Reading) -> tuple[str, int]:
    name, (level, _) = reading.text(), reading.take(LEVELS)
    reading.skip_tags()
    return name, level


def _by_topic(topics: Mapping[str, Sequence[bytes]]) -> list[bytes]:
    parts = [length(len(topics))]
    for topic, partitions in topics.items():
        parts += [text(topic), length(len(partitions)), *partitions, NO_TAGS]
    return parts
