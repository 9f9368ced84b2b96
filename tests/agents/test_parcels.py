"""What is right goes in binary mode, everything else unchanged, and both mean the same to a worker."""

from typing import Any

import orjson
import pytest

from agents.parcels import AS_GIVEN, RECORD_BYTES_MAX, Parcel, parcel_of
from schemas.codec import decode
from schemas.envelope import Envelope, Refusal
from schemas.topics import ACTIVITY, FEEDBACK


def line(**changes: Any) -> bytes:
    event = {
        "specversion": "1.0",
        "id": "e1",
        "source": "urn:test",
        "type": "leadrelay.activity.page_viewed.v1",
        "subject": "ada",
        "time": "2026-11-02T10:00:00.123456+01:00",
        "data": {"url": "https://example.com/"},
    }
    return orjson.dumps({name: value for name, value in {**event, **changes}.items() if value is not ...})


def reason(parcel: Parcel) -> str:
    assert parcel.refusal
    with pytest.raises(Refusal) as caught:
        decode(parcel.topic, parcel.key, parcel.value, parcel.headers)
    assert caught.value.reason == parcel.refusal.reason  # what a worker will say of it
    return parcel.refusal.reason


def test_a_right_line_goes_in_binary_mode_with_its_attributes_as_they_were() -> None:
    parcel = parcel_of(line())
    assert parcel == Parcel(
        ACTIVITY.name,
        b"ada",
        b'{"url":"https://example.com/"}',
        (
            ("content-type", b"application/json"),
            ("ce_specversion", b"1.0"),
            ("ce_id", b"e1"),
            ("ce_source", b"urn:test"),
            ("ce_type", b"leadrelay.activity.page_viewed.v1"),
            ("ce_subject", b"ada"),
            ("ce_time", b"2026-11-02T10:00:00.123456+01:00"),
        ),
    )


@pytest.mark.parametrize("given", [line(), line(datacontenttype="application/json"), line(traceparent="00-ab")])
def test_both_modes_mean_the_same(given: bytes) -> None:
    parcel = parcel_of(given)
    assert parcel.refusal is None
    message = decode(parcel.topic, parcel.key, parcel.value, parcel.headers)
    assert message == decode(ACTIVITY.name, b"ada", given, AS_GIVEN)


def test_attributes_that_binary_mode_would_lose_are_kept() -> None:
    given = line(traceparent="00-ab")
    assert parcel_of(given) == Parcel(ACTIVITY.name, b"ada", given, AS_GIVEN)


def test_feedback_goes_to_its_own_topic() -> None:
    assert parcel_of(line(type="leadrelay.feedback.accepted.v1", data={"by": "sam"})).topic == FEEDBACK.name


@pytest.mark.parametrize(
    ("given", "key", "expected"),
    [
        (b"no json", None, "not_json"),
        (b"[]", None, "not_json"),
        (b"7", None, "not_json"),
        (b"{}", None, "not_a_cloudevent"),
        (line(specversion="0.3"), b"ada", "not_a_cloudevent"),
        (line(id=...), b"ada", "missing_attribute"),
        (line(id=5), b"ada", "missing_attribute"),
        (line(subject=...), None, "missing_attribute"),
        (line(data=...), b"ada", "not_json"),
        (line(data={"url": 5}), b"ada", "invalid_data"),
        (line(type="leadrelay.activity.nothing.v1"), b"ada", "unknown_type"),
        (line(type="leadrelay.handoff.requested.v1"), b"ada", "unknown_type"),
        (line(time="yesterday"), b"ada", "bad_time"),
        (line(time="1970-01-01T00:00:00Z"), b"ada", "time_out_of_range"),
        (line(data={"url": "x" * 70_000}), b"ada", "too_large"),
        (line().replace(b'"ada"', b'"\\ud800"'), None, "not_json"),
    ],
)
def test_a_wrong_line_goes_unchanged_and_is_known_to_be_wrong(given: bytes, key: bytes | None, expected: str) -> None:
    parcel = parcel_of(given)
    assert parcel[:4] == (ACTIVITY.name, key, given, AS_GIVEN)
    assert reason(parcel) == expected


def test_an_envelope_is_sent_as_it_is() -> None:
    envelope = Envelope("e1", "urn:test", "leadrelay.feedback.accepted.v1", "ada", 1_793_610_000_000, {"by": "sam"})
    parcel = parcel_of(envelope)
    assert (parcel.topic, parcel.key, parcel.value) == (FEEDBACK.name, b"ada", b'{"by":"sam"}')
    assert decode(parcel.topic, parcel.key, parcel.value, parcel.headers).at == envelope.at
    assert parcel_of(envelope._replace(data=b'{"by":"sam"}')) == parcel


def test_what_is_too_long_for_kafka_is_known_before() -> None:
    assert parcel_of(b"x" * (RECORD_BYTES_MAX + 1)).oversize > RECORD_BYTES_MAX
    assert parcel_of(b"x" * (RECORD_BYTES_MAX - 100)).oversize == 0
    assert Parcel(ACTIVITY.name, None, b"x" * (RECORD_BYTES_MAX - 10), (("h", b"x" * 20),)).oversize > RECORD_BYTES_MAX
    assert Parcel(ACTIVITY.name, b"ada", None, ()).oversize == 0
