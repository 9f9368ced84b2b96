"""CloudEvents 1.0 on Kafka: both modes read, binary mode written.

Sources: CloudEvents 1.0.2, "Kafka Protocol Binding" 3 (which mode a record is in), 3.2 (binary: attributes are `ce_`
headers) and 3.3 (structured: one JSON object with the content type `application/cloudevents+json`), "JSON Event
Format" 3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Annotated, Any, NamedTuple

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from schemas.bounds import ID_LENGTH_MAX, VALUE_BYTES_MAX, Id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
YEAR_MIN, YEAR_MAX = 2000, 2100
"""An event happened in [YEAR_MIN, YEAR_MAX), in UTC; anything else is a broken clock."""
EARLIEST_AT = (datetime(YEAR_MIN, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND
LATEST_AT = (datetime(YEAR_MAX, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND - 1
FUTURE_MS_MAX = 86_400_000
"""An event may be dated this much later than its arrival, for clocks that are wrong by a time zone."""
DETAIL_LENGTH_MAX = 500
"""Characters of a refusal's detail."""
SHOWN_LENGTH_MAX = 40
"""Characters of a wrong value that a detail shows."""

Headers = Iterable[tuple[str, bytes | None]]
"""A record's headers; Kafka lets a header have no value."""


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error of ours
    """This message can't be taken.

    Attributes:
        reason: One of the words in `REASONS`: bounded, fit for a label or a filter.
        detail: What exactly is wrong, at most DETAIL_LENGTH_MAX characters that UTF-8 can write.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail[:DETAIL_LENGTH_MAX]


REASONS: Mapping[str, str] = {
    "null_value": "the record has no value",
    "too_large": "the value is longer than a message may be",
    "not_json": "the value or its data is no JSON object",
    "not_a_cloudevent": "neither ce_ headers nor a structured CloudEvent, or not version 1.0",
    "missing_attribute": "id, source, type, subject or time is missing, empty, too long or has control characters",
    "bad_time": "time is no RFC 3339 date-time with a zone",
    "time_out_of_range": "time is absurd, or later than the arrival by more than a day",
    "wrong_key": "the record's key is not the event's subject",
    "wrong_lane": "the record is in another partition than its key's",
    "unknown_type": "the type is not one that this topic carries",
    "invalid_data": "the data breaks the contract of its type",
    "forbidden_move": "the agreement does not let this side move the lead from its stage to that one",
    "known_lead": "a known lead is made part of another one only by a message that says merged",
    "circular_ids": "this id stands for another one, that for the next, and so on without an end",
    "reserved_id": "ids that begin with group: belong to buying groups, and only feedback on them is taken",
    "unknown_track": "the agreement has no such nurture track",
    "unknown_reason": "the agreement has no such reason",
}
"""Every reason a message can be refused for, in words."""


def shown(value: object) -> str:
    """A wrong value as a detail shows it: the beginning of a text, a number, otherwise only what it is."""
    if isinstance(value, str | bytes):
        return repr(value[:SHOWN_LENGTH_MAX])
    if isinstance(value, int | float) and abs(value) < 10**SHOWN_LENGTH_MAX:
        return repr(value)
    return f"a value of type {type(value).__name__}"


class Envelope(NamedTuple):
    """The attributes of an event, and its data: JSON bytes when read, or what JSON can write."""

    id: str
    source: str
    type: str
    subject: str
    at: int
    data: bytes | dict[str, Any]


ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time")
STRUCTURED = b"application/cloudevents"
"""How the content type of structured mode begins."""

_RFC3339 = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$".replace(r"\d", "[0-9]")
"""Section 5.6 of RFC 3339; Python alone would read week dates and other zones too."""
_Version = Annotated[str, Field(pattern=r"^1\.0$")]
_Type = Annotated[str, Field(min_length=1, max_length=ID_LENGTH_MAX)]
_Time = Annotated[str, Field(min_length=1, pattern=_RFC3339)]
_time = TypeAdapter(_Time).validator.validate_python
_attributes = TypeAdapter(tuple[_Version, Id, Id, _Type, Id, _Time]).validator.validate_python
_headers_of: Callable[[Mapping[str, bytes | None]], Sequence[object]] = itemgetter(*(f"ce_{n}" for n in ATTRIBUTES))

HISTORY_TYPE = b"leadrelay.letter.history_transferred.v1"
"""Only a lead's whole history may be longer than VALUE_BYTES_MAX."""
_ZEROS, _OURS = bytes.maketrans(b"123456789", b"000000000"), b"0000-00-00T00:00:00.000Z"
"""What makes all digits 0, and what that makes of a time as `rfc3339` writes it."""

Unsealed = tuple[str, str, str, str, int, str, bytes]
"""Id, source, type, subject, instant (ms since the epoch), the same as `rfc3339` writes it, data as JSON."""


def opened(key: bytes | None, value: bytes | None, headers: Headers) -> Envelope:
    """The envelope of a Kafka record, checked against its key.

    Raises:
        Refusal: With the reason and what is wrong.
    """
    identity, source, kind, subject, at, _, data = unsealed(key, value, headers)
    return Envelope(identity, source, kind, subject, at, data)


def unsealed(key: bytes | None, value: bytes | None, headers: Headers) -> Unsealed:
    """The same as a plain tuple, and the time as text before the data.

    Raises:
        Refusal: With the reason and what is wrong.
    """
    if value is None:
        raise Refusal("null_value", REASONS["null_value"])
    if len(value) > VALUE_BYTES_MAX and ("ce_type", HISTORY_TYPE) not in headers:
        raise Refusal("too_large", f"{len(value)} bytes; at most {VALUE_BYTES_MAX} are read")
    found = dict(headers)
    content = found.get("content-type") or b""
    binary = "ce_specversion" in found and not content.startswith(STRUCTURED)
    attributes, data = (_binary(found, content), value) if binary else _structured(value)
    identity, source, kind, subject, time = _plainly(attributes) or _strictly(attributes)
    at = _instant(time)
    if key != subject.encode():
        raise Refusal("wrong_key", f"key {shown(key)}, subject {shown(subject)}")
    ours = len(time) == len(_OURS) and time[10] == "T" and time[-1] == "Z"
    return identity, source, kind, subject, at, time if ours else rfc3339(at), data


def _plainly(attributes: Sequence[Any]) -> Sequence[str] | None:
    """The texts of attributes that are as most are: printable, with a time as we write it. None for all others.

    The validator knows better, but its patterns cost more here than all the rest of the envelope.
    """
    version, identity, source, kind, subject, time = attributes
    try:
        if version != b"1.0" or time.translate(_ZEROS) != _OURS:
            return None
        texts = identity.decode(), source.decode(), kind.decode(), subject.decode(), time.decode()
    except (AttributeError, UnicodeDecodeError):
        return None
    if not (identity and source and kind and subject and "".join(texts).isprintable()):
        return None
    return texts if max(map(len, texts)) <= ID_LENGTH_MAX else None


def _strictly(attributes: Sequence[object]) -> Sequence[str]:
    """The texts of attributes in the order of `ATTRIBUTES`, each a text or UTF-8 bytes, but for the version."""
    try:
        _, *texts = _attributes(attributes)
    except ValidationError as error:
        raise _unfit(error) from None
    return list[str](texts)


def _binary(found: Mapping[str, bytes | None], content: bytes) -> Sequence[object]:
    """The attributes in the order of `ATTRIBUTES`, each UTF-8 bytes if it is right."""
    if content and b"json" not in content:
        raise Refusal("not_json", f"content-type {shown(content)}; application/json is read")
    try:
        return _headers_of(found)
    except KeyError as error:
        raise Refusal("missing_attribute", f"no header {error.args[0]}") from None


def _structured(value: bytes) -> tuple[Sequence[object], bytes]:
    """The attributes in the order of `ATTRIBUTES`, each a text if it is right, and the data."""
    try:
        event = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Refusal("not_json", str(error)) from None
    if not isinstance(event, dict):
        raise Refusal("not_json", f"a JSON {type(event).__name__}, not an object")
    if "specversion" not in event:
        raise Refusal("not_a_cloudevent", "neither ce_ headers nor specversion in the value")
    try:
        data = orjson.dumps(event.get("data"))
    except orjson.JSONEncodeError as error:
        raise Refusal("not_json", f"data: {error}") from None
    return [event.get(name) for name in ATTRIBUTES], data


def _unfit(error: ValidationError) -> Refusal:
    """The first attribute that does not fit."""
    wrong = error.errors(include_url=False, include_context=False)[0]
    name, kind = ATTRIBUTES[int(wrong["loc"][0])], wrong["type"]
    if kind == "string_pattern_mismatch" and name == "time":
        return _bad_time(wrong["input"])
    reason = "not_a_cloudevent" if name == "specversion" or kind == "string_unicode" else "missing_attribute"
    return Refusal(reason, f"{name}: {wrong['msg']} (got {shown(wrong['input'])})")


def instant(text: str) -> int:
    """Milliseconds since the epoch of an RFC 3339 date-time; fractions below a millisecond are cut.

    Raises:
        Refusal: `bad_time` or `time_out_of_range`.
    """
    try:
        return _instant(_time(text))
    except ValidationError:
        raise _bad_time(text) from None


def _instant(text: str) -> int:
    try:
        at = (datetime.fromisoformat(text.upper()) - EPOCH) // MILLISECOND
    except ValueError:
        raise _bad_time(text) from None
    if not EARLIEST_AT <= at <= LATEST_AT:
        raise Refusal("time_out_of_range", f"{shown(text)}; expected a year from {YEAR_MIN} to {YEAR_MAX - 1}")
    return at


def _bad_time(text: object) -> Refusal:
    return Refusal("bad_time", f"{shown(text)}; expected like 2026-11-24T10:00:00Z")


def rfc3339(at: int) -> str:
    """The instant as text, in UTC with milliseconds: `2026-11-24T10:00:00.000Z`."""
    at_s, milliseconds = divmod(at, 1000)
    return f"{_second(at_s)}.{milliseconds:03}Z"


@lru_cache(maxsize=4096)  # most of what is written in a moment happened in the same few seconds
def _second(at_s: int) -> str:
    return (EPOCH + timedelta(seconds=at_s)).isoformat()[:-6]


def binary_headers(envelope: Envelope) -> tuple[tuple[str, bytes], ...]:
    """The headers of an event in binary mode."""
    identity, source, kind, subject, at, _ = envelope
    return headers_of(identity.encode(), source.encode(), kind.encode(), subject.encode(), rfc3339(at).encode())


Written = tuple[tuple[str, bytes], ...]


def headers_of(identity: bytes, source: bytes, kind: bytes, subject: bytes, time: bytes) -> Written:
    """The same of attributes that are bytes already."""
    return (
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", identity),
        ("ce_source", source),
        ("ce_type", kind),
        ("ce_subject", subject),
        ("ce_time", time),
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
