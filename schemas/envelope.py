"""CloudEvents 1.0 on Kafka: both modes read, binary mode written.

Sources: CloudEvents 1.0.2, "Kafka Protocol Binding" 3.2 (binary: attributes are `ce_` headers) and 3.3 (structured: one
JSON object with the content type `application/cloudevents+json`), "JSON Event Format" 3.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from schemas.bounds import ID_LENGTH_MAX, VALUE_BYTES_MAX

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
YEAR_MIN, YEAR_MAX = 2000, 2100
"""An event happened in [YEAR_MIN, YEAR_MAX); anything else is a broken clock."""
FUTURE_MS_MAX = 86_400_000
"""An event may be dated this much later than its arrival, for clocks that are wrong by a time zone."""
TIME_LENGTH_MIN = len("2026-01-01T00:00:00Z")

Headers = Iterable[tuple[str, bytes]]


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error of ours
    """This message can't be taken.

    Attributes:
        reason: One of the words in `REASONS`: bounded, fit for a label or a filter.
        detail: What exactly is wrong.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


REASONS: Mapping[str, str] = {
    "null_value": "the record has no value",
    "too_large": "the value is longer than a message may be",
    "not_json": "the value or its data is no JSON object",
    "not_a_cloudevent": "neither ce_ headers nor a structured CloudEvent, or not version 1.0",
    "missing_attribute": "id, source, type, subject or time is missing, empty or too long",
    "bad_time": "time is no RFC 3339 date-time with a zone",
    "time_out_of_range": "time is absurd, or later than the arrival by more than a day",
    "wrong_key": "the record's key is not the event's subject",
    "wrong_lane": "the record is in another partition than its key's",
    "unknown_type": "the type is not one that this topic carries",
    "invalid_data": "the data breaks the contract of its type",
    "forbidden_move": "the agreement does not let this side move the lead from its stage to that one",
    "unknown_track": "the agreement has no such nurture track",
    "unknown_reason": "the agreement has no such reason",
}
"""Every reason a message can be refused for, in words."""


class Envelope(NamedTuple):
    """The attributes of an event, and its data: JSON bytes (binary mode) or an object (structured mode)."""

    id: str
    source: str
    type: str
    subject: str
    at: int
    data: bytes | dict[str, Any]


def opened(key: bytes | None, value: bytes | None, headers: Headers) -> Envelope:
    """The envelope of a Kafka record, checked against its key.

    Raises:
        Refusal: With the reason and what is wrong.
    """
    if value is None:
        raise Refusal("null_value", REASONS["null_value"])
    if len(value) > VALUE_BYTES_MAX:
        raise Refusal("too_large", f"{len(value)} bytes; at most {VALUE_BYTES_MAX} are read")
    found = dict(headers)
    envelope = _binary(found, value) if "ce_specversion" in found else _structured(value)
    if key != envelope.subject.encode():
        raise Refusal("wrong_key", f"key {key!r:.140}, subject {envelope.subject!r}")
    return envelope


def _binary(found: Mapping[str, bytes], value: bytes) -> Envelope:
    content = found.get("content-type")
    if content is not None and b"json" not in content:
        raise Refusal("not_json", f"content-type {content!r:.100}; application/json is read")
    try:
        texts = [text.decode() for text in BINARY(found)]
    except KeyError as error:
        raise Refusal("missing_attribute", f"no header {error.args[0]}") from None
    except UnicodeDecodeError as error:
        raise Refusal("not_a_cloudevent", f"a ce_ header is no UTF-8: {error}") from None
    return _checked(texts, value)


def _structured(value: bytes) -> Envelope:
    try:
        event = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Refusal("not_json", str(error)) from None
    if not isinstance(event, dict):
        raise Refusal("not_json", f"a JSON {type(event).__name__}, not an object")
    if "specversion" not in event:
        raise Refusal("not_a_cloudevent", "neither ce_ headers nor specversion in the value")
    data = event.get("data")
    if not isinstance(data, dict):
        raise Refusal("not_json", "data is no JSON object")
    return _checked([event.get(name) for name in ATTRIBUTES], data)


ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time")
BINARY = itemgetter(*(f"ce_{name}" for name in ATTRIBUTES))


def _checked(texts: list[Any], data: bytes | dict[str, Any]) -> Envelope:
    for name, text in zip(ATTRIBUTES, texts, strict=True):
        if not isinstance(text, str) or not 0 < len(text) <= ID_LENGTH_MAX:
            raise Refusal("missing_attribute", f"{name}: a string of 1 to {ID_LENGTH_MAX} characters, not {text!r:.60}")
    version, identity, source, kind, subject, time = texts
    if version != "1.0":
        raise Refusal("not_a_cloudevent", f"specversion {version!r:.40}; 1.0 is read")
    return Envelope(identity, source, kind, subject, instant(time), data)


def instant(text: str) -> int:
    """Milliseconds since the epoch of an RFC 3339 date-time; fractions below a millisecond are cut.

    Raises:
        Refusal: `bad_time` or `time_out_of_range`.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or len(text) < TIME_LENGTH_MIN:
        raise Refusal("bad_time", f"{text!r}; expected like 2026-11-24T10:00:00Z")
    if not YEAR_MIN <= moment.year < YEAR_MAX:
        raise Refusal("time_out_of_range", f"{text!r}; expected a year from {YEAR_MIN} to {YEAR_MAX - 1}")
    return (moment - EPOCH) // MILLISECOND


def rfc3339(at: int) -> str:
    """The instant as text, in UTC with milliseconds: `2026-11-24T10:00:00.000Z`."""
    return (EPOCH + at * MILLISECOND).isoformat(timespec="milliseconds")[:-6] + "Z"


def binary_headers(envelope: Envelope) -> tuple[tuple[str, bytes], ...]:
    """The headers of an event in binary mode."""
    return (
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_subject", envelope.subject.encode()),
        ("ce_time", rfc3339(envelope.at).encode()),
    )


def structured(envelope: Envelope) -> bytes:
    """The event as one JSON object; its data must be JSON."""
    data = orjson.Fragment(envelope.data) if isinstance(envelope.data, bytes) else envelope.data
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": envelope.id,
            "source": envelope.source,
            "type": envelope.type,
            "subject": envelope.subject,
            "time": rfc3339(envelope.at),
            "datacontenttype": "application/json",
            "data": data,
        }
    )
