"""Nothing but a message or a refusal can come out of the codec, whatever the bytes."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import BY_CONTRACT, Message, decode, plain
from schemas.envelope import DETAIL_LENGTH_MAX, EARLIEST_AT, LATEST_AT, REASONS, Refusal
from tests.schemas.made import EVENT, EXAMPLES, INPUT_EXAMPLES, INPUTS, Record, binary, structured

Mode = Callable[[Mapping[str, Any]], Record]
DEEP = b"[" * 400 + b"]" * 400


def taken(record: Record) -> Message | Refusal:
    try:
        return decode(*record)
    except Refusal as refused:
        return refused


def hold(record: Record) -> None:
    """A record is a message within all bounds, or refused for a known reason with a detail that can be written."""
    outcome = taken(record)
    if isinstance(outcome, Refusal):
        assert outcome.reason in REASONS
        assert len(outcome.detail.encode()) <= 4 * DETAIL_LENGTH_MAX
        return
    assert outcome.lead.encode() == record.key
    assert not outcome.lead.startswith("\x00")
    assert EARLIEST_AT <= outcome.at <= LATEST_AT
    assert type(outcome.data) in BY_CONTRACT
    assert plain(outcome.data)


NAMES = [f"ce_{name}" for name in EVENT] + ["content-type", "ce_", "CE_ID", "\x00"]
NUMBERS = [b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 4299, b"9" * 5000, b"1" + b"0" * 400]
TEXTS = [
    b'"\\ud800"',
    b'"\\udfff\\ud800"',
    b'"\\u0000"',
    b'"\x00"',
    b'"\xed\xa0\x80"',
    b'"' + b"\xf0\x9f\x98\x80" * 300 + b'"',
]
TIMES = [b'"9999-12-31T23:59:59-23:59"', b'"0001-01-01T00:00:00+23:59"', b'"2026-11-24T10:00:00+25:00"']
NESTS = [DEEP, b"[" * 1100, b'{"a":' * 150 + b"1" + b"}" * 150]
OTHERS = [b"", b"null", b"true", b"{}", b"[]", b'""', b"\xff", b"\xef\xbb\xbf{}", b'{"form":"a","form":1}']
PLACES = [orjson.dumps(EVENT[name]) for name in ("id", "subject", "time", "type", "data")] + [b'"newsletter"']
SNIPPETS = [*NUMBERS, *TEXTS, *TIMES, *NESTS, *OTHERS]
bytes_or_none = st.none() | st.binary()
headers = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(), bytes_or_none), max_size=9).map(tuple)


@given(st.builds(Record, st.sampled_from(sorted(INPUTS)) | st.text(), bytes_or_none, bytes_or_none, headers))
def test_any_bytes_are_a_message_or_a_refusal(record: Record) -> None:
    hold(record)


text = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | text,
    lambda child: st.lists(child, max_size=3) | st.dictionaries(text, child, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(INPUT_EXAMPLES), st.sampled_from([*EVENT]), JSON)
def test_an_event_with_one_attribute_replaced_by_any_json_is_a_message_or_a_refusal(
    name: str, attribute: str, value: object
) -> None:
    event = EXAMPLES[name]
    hold(structured(event)._replace(value=orjson.dumps({**event, attribute: value})))


@given(st.sampled_from(INPUT_EXAMPLES), st.data(), JSON)
def test_an_event_with_one_field_replaced_by_any_json_is_the_same_in_both_modes(
    name: str, data: st.DataObject, value: object
) -> None:
    event = EXAMPLES[name]
    field = data.draw(st.sampled_from([*event["data"]]))
    changed = {**event, "data": {**event["data"], field: value}}
    hold(binary(changed))
    hold(structured(changed))
    if not isinstance(value, list | dict):
        first, second = taken(binary(changed)), taken(structured(changed))
        assert getattr(first, "reason", first) == getattr(second, "reason", second)


@given(
    st.sampled_from(INPUT_EXAMPLES),
    st.sampled_from([binary, structured]),
    st.data(),
    st.sampled_from(SNIPPETS) | st.binary(max_size=9),
)
def test_an_event_with_bytes_replaced_is_a_message_or_a_refusal(
    name: str, mode: Mode, data: st.DataObject, snippet: bytes
) -> None:
    record = mode(EXAMPLES[name])
    value = record.value or b""
    begin = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(begin, len(value)))
    hold(record._replace(value=value[:begin] + snippet + value[end:]))


@pytest.mark.parametrize("snippet", SNIPPETS)
@pytest.mark.parametrize(
    "place", [b'"newsletter"', b'"e-1"', b'"lead-1"', b'"2026-11-24T10:00:00+01:00"', b'{"form":"newsletter"}']
)
def test_the_worst_bytes_in_the_worst_places_are_a_message_or_a_refusal(snippet: bytes, place: bytes) -> None:
    hold(structured(EVENT)._replace(value=orjson.dumps(EVENT).replace(place, snippet)))
    hold(binary(EVENT)._replace(value=orjson.dumps(EVENT["data"]).replace(place, snippet)))


@given(st.sampled_from(INPUT_EXAMPLES), st.sampled_from(NAMES), bytes_or_none)
def test_an_event_with_any_header_added_is_a_message_or_a_refusal(name: str, header: str, value: bytes | None) -> None:
    record = binary(EXAMPLES[name])
    hold(record._replace(headers=(*record.headers, (header, value))))
