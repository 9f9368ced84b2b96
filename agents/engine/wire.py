"""The fetch request as bytes: written and read by struct, because it is asked many times a second.

aiokafka walks a schema field by field, and asks for everything each time. Source of the layout: Kafka's protocol guide,
Fetch, version 11.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from struct import Struct
from typing import Any, NamedTuple, Self

from aiokafka import TopicPartition
from aiokafka.protocol.api import Response
from aiokafka.protocol.types import Schema

from agents.engine.direct import INT, SHORT, Direct

ASK = Struct(">iiiibii")
ASK_PARTITION = Struct(">iiqqi")
ANSWER = Struct(">ihii")
PARTITION = Struct(">ihqqqi")
ABORTED = Struct(">qq")
TAIL = Struct(">ii")
CONSUMER, UNKNOWN = -1, -1
BYTES_MAX = 50 * 1024 * 1024


class Fetched(NamedTuple):
    """What the broker says of one partition; aborted holds (producer id, first offset) of transactions."""

    place: TopicPartition
    error: int
    stable: int
    aborted: Sequence[tuple[int, int]]
    records: bytes


class FetchAnswer(Response):
    """A fetch response, read."""

    API_KEY, API_VERSION, SCHEMA = 1, 11, Schema()

    error: int
    session: int
    partitions: list[Fetched]

    @classmethod
    def decode(cls, data: BytesIO | bytes) -> Self:
        """Read a response; the stream stands behind its header."""
        stream = BytesIO(data) if isinstance(data, bytes) else data
        raw, at = stream.getbuffer(), stream.tell()
        made = cls()
        _, made.error, made.session, topics = ANSWER.unpack_from(raw, at)
        at += ANSWER.size
        made.partitions = []
        for _ in range(topics):
            (length,) = SHORT.unpack_from(raw, at)
            at += SHORT.size + length
            topic = bytes(raw[at - length : at]).decode()
            (partitions,) = INT.unpack_from(raw, at)
            at += INT.size
            for _ in range(partitions):
                fetched, at = _partition(topic, raw, at)
                made.partitions.append(fetched)
        return made


def _partition(topic: str, raw: memoryview, at: int) -> tuple[Fetched, int]:
    partition, error, _, stable, _, count = PARTITION.unpack_from(raw, at)
    at += PARTITION.size
    aborted: list[tuple[int, int]] = []
    for _ in range(count):
        aborted.append(ABORTED.unpack_from(raw, at))
        at += ABORTED.size
    _, size = TAIL.unpack_from(raw, at)
    at += TAIL.size
    records = bytes(raw[at : at + size]) if size > 0 else b""
    return Fetched(TopicPartition(topic, partition), error, stable, aborted, records), at + len(records)


class Fetch(Direct):
    """What is asked of one broker: the news of a session. Offsets are those of the next record to be read."""

    FLEXIBLE_VERSION, API_KEY, API_VERSION, RESPONSE_TYPE = False, 1, 11, FetchAnswer

    def __init__(
        self,
        session: tuple[int, int],
        offsets: Mapping[TopicPartition, int],
        forgotten: Sequence[TopicPartition],
        **limits: int,
    ) -> None:
        """Ask.

        Args:
            session: The session's id and epoch.
            offsets: Partitions that are new in the session, or whose offset has changed.
            forgotten: Partitions that leave the session.
            limits: wait_ms, min_bytes, partition_bytes, and committed: 1 for committed records alone, else 0.
        """
        self.session, self.offsets, self.forgotten, self.limits = session, offsets, forgotten, limits

    def encode(self) -> bytes:
        """Give the bytes behind the header."""
        limits, size = self.limits, self.limits["partition_bytes"]
        parts = [
            ASK.pack(CONSUMER, limits["wait_ms"], limits["min_bytes"], BYTES_MAX, limits["committed"], *self.session)
        ]
        by_topic: dict[str, list[bytes]] = {}
        for (topic, partition), offset in self.offsets.items():
            by_topic.setdefault(topic, []).append(ASK_PARTITION.pack(partition, UNKNOWN, offset, UNKNOWN, size))
        parts += _topics(by_topic)
        forgotten: dict[str, list[bytes]] = {}
        for topic, partition in self.forgotten:
            forgotten.setdefault(topic, []).append(INT.pack(partition))
        parts += _topics(forgotten)
        parts.append(SHORT.pack(0))  # no rack
        return b"".join(parts)


def _topics(by_topic: Mapping[str, Sequence[bytes]]) -> list[Any]:
    parts = [INT.pack(len(by_topic))]
    for topic, partitions in by_topic.items():
        name = topic.encode()
        parts += [SHORT.pack(len(name)), name, INT.pack(len(partitions)), *partitions]
    return parts
