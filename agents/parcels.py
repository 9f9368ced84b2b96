"""Turns events into records for Kafka: valid ones in binary mode, all others unchanged, so that they are refused whole.

A worker would refuse the others into the dead letter topic; there they must be the very bytes that were given.
"""

from operator import itemgetter
from typing import NamedTuple

import orjson

from schemas.codec import BY_TYPE, decode
from schemas.envelope import ATTRIBUTES, Envelope, Refusal, binary_headers
from schemas.topics import ACTIVITY, LETTERS
from streams.replay import place

Event = bytes | Envelope
"""A line with a structured CloudEvent, or an event that is known to be right."""
RECORD_BYTES_MAX = 1_000_000
"""What every broker takes that was left at its defaults."""
KNOWN = frozenset({*ATTRIBUTES, "datacontenttype", "data"})
HEADERS = tuple(f"ce_{name}" for name in ATTRIBUTES)
AS_GIVEN = (("content-type", b"application/cloudevents+json"),)
_attributes_of = itemgetter(*ATTRIBUTES)


class Parcel(NamedTuple):
    """A record on its way to a topic; `refusal` is why a worker will not take it, if that is known already."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    refusal: Refusal | None = None

    @property
    def oversize(self) -> int:
        """Bytes of key, value and headers when they are too many for Kafka, else 0."""
        size = len(self.key or b"") + len(self.value or b"")
        if size > RECORD_BYTES_MAX // 2:
            size += sum(len(name) + len(value) for name, value in self.headers)
        return size if size > RECORD_BYTES_MAX else 0


def parcel_of(event: Event) -> Parcel:
    """The record of an event."""
    return _of_line(event) if isinstance(event, bytes) else of_envelope(event)


def of_envelope(envelope: Envelope) -> Parcel:
    """The record of an event that is known to be right, in binary mode."""
    value = envelope.data if isinstance(envelope.data, bytes) else orjson.dumps(envelope.data)
    return Parcel(_topic(envelope.type), envelope.subject.encode(), value, binary_headers(envelope))


def _of_line(line: bytes) -> Parcel:
    try:
        return _in_binary(line)
    except (Refusal, ValueError, LookupError, TypeError, AttributeError):
        return _as_given(line)


def _in_binary(line: bytes) -> Parcel:
    """The event in binary mode; fails in many ways when it is wrong, or has attributes that would be lost here."""
    event = orjson.loads(line)
    if not event.keys() <= KNOWN:
        raise LookupError
    attributes = [text.encode() for text in _attributes_of(event)]
    headers = (("content-type", b"application/json"), *zip(HEADERS, attributes, strict=True))
    topic, key, value = _topic(event["type"]), event["subject"].encode(), orjson.dumps(event["data"])
    decode(topic, key, value, headers)
    return Parcel(topic, key, value, headers)


def _as_given(line: bytes) -> Parcel:
    topic, key, _ = place(line)
    try:
        decode(topic, key, line, AS_GIVEN)
    except Refusal as refusal:
        return Parcel(topic, key, line, AS_GIVEN, refusal)
    return Parcel(topic, key, line, AS_GIVEN)


def _topic(kind: str) -> str:
    known = BY_TYPE.get(kind)
    return known.topic if known and known.topic in LETTERS else ACTIVITY.name
