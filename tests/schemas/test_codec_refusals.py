"""What is wrong with a record is refused with its reason, and a detail that says what exactly is wrong."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from schemas.bounds import VALUE_BYTES_MAX
from schemas.codec import decode
from schemas.envelope import REASONS, Refusal
from tests.schemas.made import EVENT, Record, binary, structured


def refusal(record: Record) -> tuple[str, str]:
    """The reason and the detail with which a record is refused."""
    with pytest.raises(Refusal) as refused:
        decode(*record)
    return refused.value.reason, refused.value.detail


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in EVENT.items() if name not in names}


def with_data(value: bytes) -> Record:
    return binary(EVENT)._replace(value=value)


def with_header(name: str, value: bytes | None) -> Record:
    record = binary(EVENT)
    return record._replace(headers=(*record.headers, (name, value)))


def with_value(value: bytes | None) -> Record:
    return structured(EVENT)._replace(value=value)


DEEP = b"[" * 400 + b"]" * 400
ELSEWHERE = {
    "wrong_lane",
    "forbidden_move",
    "unknown_track",
    "unknown_reason",
    "known_lead",
    "circular_ids",
    "reserved_id",
}
"""Reasons that need to know the lane, the lead or the agreement."""
REFUSED: Mapping[str, Mapping[str, tuple[Record, str]]] = {
    "null_value": {
        "binary": (binary(EVENT)._replace(value=None), "the record has no value"),
        "structured": (with_value(None), "the record has no value"),
    },
    "too_large": {
        "binary": (with_data(b" " * (VALUE_BYTES_MAX + 1)), "65537 bytes; at most 65536 are read"),
        "one megabyte": (with_value(b"\x00" * 1_048_576), "1048576 bytes; at most 65536 are read"),
    },
    "not_json": {
        "empty": (with_value(b""), "zero-length"),
        "no JSON": (with_value(b"\xff\xfe"), "UTF-8"),
        "a list": (with_value(b"[]"), "a JSON list, not an object"),
        "a huge number": (with_value(b"9" * 5000), "infinity"),
        "deep": (with_value(b"[" * 2000 + b"]" * 2000), ""),
        "data is missing": (structured(without("data")), "data: Input should be an object"),
        "data is a list": (structured({**EVENT, "data": []}), "data: Input should be an object"),
        "data is deep": (with_value(orjson.dumps(EVENT).replace(b'"newsletter"', DEEP)), "data: Recursion limit"),
        "binary data is empty": (with_data(b""), "data: Invalid JSON: EOF"),
        "binary data is a list": (with_data(b"[]"), "data: Input should be an object (got a value of type list)"),
        "binary data is deep": (with_data(b'{"form":' + DEEP + b"}"), "data: Invalid JSON: recursion limit"),
        "binary data has a huge number": (with_data(b'{"form":' + b"9" * 5000 + b"}"), "data: Invalid JSON: number"),
        "binary data has half a character": (with_data(b'{"form":"\\ud800"}'), "data: Invalid JSON: "),
        "other content": (with_header("content-type", b"text/plain"), "content-type b'text/plain'"),
    },
    "not_a_cloudevent": {
        "neither": (with_value(b"{}"), "neither ce_ headers nor specversion in the value"),
        "other version": (structured({**EVENT, "specversion": "0.3"}), "specversion: "),
        "other version in binary mode": (binary({**EVENT, "specversion": "1.1"}), "specversion: "),
        "no version": (structured({**EVENT, "specversion": None}), "specversion: "),
        "no UTF-8": (with_header("ce_id", b"\xff"), "id: Input should be a valid string"),
    },
    "missing_attribute": {
        "a header": (binary(without("id")), "no header ce_id"),
        "a header's value": (with_header("ce_source", None), "source: "),
        "an attribute": (structured(without("source")), "source: Input should be a valid string"),
        "time": (structured(without("time")), "time: "),
        "subject is empty": (structured({**EVENT, "subject": ""}), "subject: String should have at least 1"),
        "time is empty": (binary({**EVENT, "time": ""}), "time: String should have at least 1"),
        "id is a number": (structured({**EVENT, "id": 5}), "id: Input should be a valid string (got 5)"),
        "type is too long": (binary({**EVENT, "type": "t" * 129}), "type: String should have at"),
        "id is too long": (binary({**EVENT, "id": "i" * 129}), "id: String should have at most 128"),
        "subject would be a key of the lane": (structured({**EVENT, "subject": "\x00position"}), "subject: "),
        "id has a new line": (binary({**EVENT, "id": "a\n"}), "id: String should match"),
    },
    "bad_time": {
        "no zone": (structured({**EVENT, "time": "2026-11-24T10:00:00"}), "'2026-11-24T10:00:00'; expected like"),
        "no offset": (binary({**EVENT, "time": "2026-11-24T10:00:00+25:00"}), "'2026-11-24T10:00:00+25:00'"),
        "a date": (binary({**EVENT, "time": "2026-11-24"}), "b'2026-11-24'; expected like"),
    },
    "time_out_of_range": {
        "1970": (binary({**EVENT, "time": "1970-01-01T00:00:00Z"}), "expected a year from 2000 to 2099"),
        "9999": (structured({**EVENT, "time": "9999-12-31T23:59:59-23:59"}), "expected a year from 2000 to 2099"),
    },
    "wrong_key": {
        "none": (binary(EVENT)._replace(key=None), "key a value of type NoneType, subject 'lead-1'"),
        "empty": (structured(EVENT)._replace(key=b""), "key b'', subject 'lead-1'"),
        "another": (structured(EVENT)._replace(key=b"lead-2"), "key b'lead-2', subject 'lead-1'"),
        "no UTF-8": (binary(EVENT)._replace(key=b"\xff" * 1000), "key b'\\xff"),
    },
    "unknown_type": {
        "unknown": (
            structured({**EVENT, "type": "leadrelay.x.v1"}),
            "'leadrelay.x",
        ),
        "of another topic": (binary(EVENT)._replace(topic="leads.feedback.v1"), "is not carried by leads.feedback.v1"),
    },
    "invalid_data": {
        "a missing field": (structured({**EVENT, "data": {}}), "form: Field required"),
        "a wrong type": (structured({**EVENT, "data": {"form": 5}}), "form: Input should be a valid string (got 5)"),
        "a huge number": (
            with_data(b'{"form":' + b"9" * 4000 + b"}"),
            "form: Input should be a valid string (got a value of type int)",
        ),
        "two": (with_data(b'{"form":"","source":null}'), "source: Input should be a valid string (got a value of type"),
        "too long": (with_data(b'{"form":"' + b"f" * 129 + b'"}'), "form: String should have at most 128 characters"),
        "a key of the lane": (
            binary({**EVENT, "type": "leadrelay.activity.identified.v1", "data": {"known_as": "\x00counts"}}),
            "known_as: String should match",
        ),
    },
}


@pytest.mark.parametrize(("reason", "case"), [(reason, case) for reason, cases in REFUSED.items() for case in cases])
def test_what_is_wrong_is_refused_with_its_reason(reason: str, case: str) -> None:
    record, detail = REFUSED[reason][case]
    told = refusal(record)
    assert told[0] == reason
    assert detail in told[1]


def test_every_reason_is_produced() -> None:
    assert REFUSED.keys() | ELSEWHERE == REASONS.keys()


def test_at_most_three_mistakes_are_told() -> None:
    profile = {**EVENT, "type": "leadrelay.activity.profile_given.v1"}
    data = dict.fromkeys(("name", "role", "seniority", "department"), 5)
    assert refusal(structured({**profile, "data": data}))[1] == "; ".join(
        f"{name}: Input should be a valid string (got 5)" for name in ("name", "role", "seniority")
    )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("activity.product_used", b'{"product":"p","times":-1}'),
        ("activity.product_used", b'{"product":"p","times":1000000000000000000000000000000}'),
        ("activity.product_used", b'{"product":"p","times":1.5}'),
        ("activity.product_used", b'{"product":"p","times":1.0}'),
        ("activity.product_used", b'{"product":"p","times":"5"}'),
        ("activity.product_used", b'{"product":"p","times":true}'),
        ("activity.product_used", b'{"product":"p","times":null}'),
        ("activity.consent_changed", b'{"marketing":1}'),
        ("activity.consent_changed", b'{"marketing":"yes"}'),
        ("activity.conversion_made", b'{"kind":"Demo"}'),
        ("feedback.won", b'{"amount":-1}'),
        ("feedback.won", b'{"amount":1e300}'),
        ("feedback.won", b'{"amount":"5"}'),
        ("feedback.won", b'{"currency":"eur"}'),
        ("feedback.stage_moved", b'{"to":"won"}'),
    ],
)
def test_nothing_is_guessed_from_a_value_of_another_kind(kind: str, data: bytes) -> None:
    event = {**EVENT, "type": f"leadrelay.{kind}.v1", "data": {}}
    whole = structured(event)
    value = orjson.dumps(event).replace(b'"data":{}', b'"data":' + data)
    assert refusal(binary(event)._replace(value=data))[0] == "invalid_data"
    assert refusal(whole._replace(value=value))[0] == "invalid_data"


@pytest.mark.parametrize("amount", [b"1", b"1.5", b"1e3", b"0"])
def test_an_amount_may_be_written_like_any_number(amount: bytes) -> None:
    won = binary({**EVENT, "type": "leadrelay.feedback.won.v1"})._replace(value=b'{"amount":' + amount + b"}")
    assert decode(*won).data.amount == float(amount)


@pytest.mark.parametrize("amount", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_an_amount_is_finite(amount: bytes) -> None:
    won = binary({**EVENT, "type": "leadrelay.feedback.won.v1"})._replace(value=b'{"amount":' + amount + b"}")
    assert refusal(won)[0] in {"invalid_data", "not_json"}
