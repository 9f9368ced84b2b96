"""Requests and answers that aiokafka sends for us but does not know: written and read by struct.

In Kafka's flexible versions a length is a varint, one more than it says, and each structure ends with tagged fields, of
which we send none. Source of the layouts: Kafka's protocol guide.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from struct import Struct
from typing import Any, NamedTuple, Self

from aiokafka import TopicPartition
from aiokafka.protocol.api import RequestStruct, Response
from aiokafka.protocol.types import Schema

HEAD, SHORT, INT = Struct(">hhih"), Struct(">h"), Struct(">i")
NO_TAGS, NULL = b"\x00", b"\x00"
MORE = 0x80
"""The bit of a varint's byte that says that another one follows."""


class Head(NamedTuple):
    """The header of a request, written."""

    raw: bytes

    def encode(self) -> bytes:
        """Give the bytes."""
        return self.raw


class Number(NamedTuple):
    """The header of an answer: to which request it belongs."""

    correlation_id: int


class Direct(RequestStruct):
    """A request of one version. Whoever asks knows that the broker has it."""

    FLEXIBLE_VERSION, API_KEY, API_VERSION, RESPONSE_TYPE, SCHEMA = True, -1, -1, Response, Schema()

    def prepare(self, _versions: Mapping[int, tuple[int, int]]) -> Self:
        """Give what aiokafka sends."""
        return self

    def build_request_header(self, correlation_id: int, client_id: str) -> Head:
        """Write the header."""
        name = client_id.encode()
        head = HEAD.pack(self.API_KEY, self.API_VERSION, correlation_id, len(name)) + name
        return Head(head + NO_TAGS if self.FLEXIBLE_VERSION else head)

    def parse_response_header(self, read_buffer: BytesIO | bytes) -> Number:
        """Read the header of the answer, and leave the stream behind it."""
        reading = Reading(read_buffer)
        (number,) = reading.take(INT)
        if self.FLEXIBLE_VERSION:
            reading.skip_tags()
        reading.leave()
        return Number(number)


class Answer(Response):
    """What the broker answered.

    Attributes:
        errors: Kafka's error code of each place, or of all with the key None; 0 is none.
    """

    API_KEY, API_VERSION, SCHEMA = -1, -1, Schema()
    errors: Mapping[TopicPartition | None, int]


class Reading:
    """Reads an answer from where the stream stands."""

    __slots__ = ("_stream", "at", "raw")

    def __init__(self, data: BytesIO | bytes) -> None:
        self._stream = BytesIO(data) if isinstance(data, bytes) else data
        self.raw, self.at = self._stream.getbuffer(), self._stream.tell()

    def leave(self) -> None:
        """Have the stream stand where we are."""
        self._stream.seek(self.at)

    def take(self, numbers: Struct) -> tuple[Any, ...]:
        """Read numbers."""
        self.at += numbers.size
        return numbers.unpack_from(self.raw, self.at - numbers.size)

    def varint(self) -> int:
        """Read a number that takes as many bytes as it needs."""
        value = shift = 0
        while True:
            byte = self.raw[self.at]
            self.at += 1
            value |= (byte & ~MORE) << shift
            if not byte & MORE:
                return value
            shift += 7

    def several(self) -> range:
        """Read how many entries follow."""
        return range(self.varint() - 1)

    def text(self) -> str:
        """Read a text; none is an empty one."""
        return self._bytes(max(0, self.varint() - 1)).decode()

    def tags(self) -> Iterator[tuple[int, bytes]]:
        """Read tagged fields."""
        for _ in range(self.varint()):
            tag, size = self.varint(), self.varint()
            yield tag, self._bytes(size)

    def skip_tags(self) -> None:
        """Go behind tagged fields."""
        for _ in self.tags():
            pass

    def _bytes(self, size: int) -> bytes:
        self.at += size
        return bytes(self.raw[self.at - size : self.at])


def length(count: int) -> bytes:
    """Write how many bytes or entries follow."""
    left, written = count + 1, bytearray()
    while left >= MORE:
        written.append(left & ~MORE & 0xFF | MORE)
        left >>= 7
    written.append(left)
    return bytes(written)


def text(value: str | None) -> bytes:
    """Write a text, or that there is none."""
    if value is None:
        return NULL
    raw = value.encode()
    return length(len(raw)) + raw
