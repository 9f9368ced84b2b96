"""The envelope of an event, in both modes, with its time and its key."""

from datetime import datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import (
    DETAIL_LENGTH_MAX,
    EARLIEST_AT,
    LATEST_AT,
    Envelope,
    Refusal,
    _plainly,
    _strictly,
    binary_headers,
    instant,
    opened,
    rfc3339,
    shown,
    structured,
)

EVENT = Envelope("e-1", "https://crm", "leadrelay.feedback.accepted.v1", "lead-1", 1_795_510_800_500, b'{"by":"kim"}')
HEADERS = binary_headers(EVENT)


def test_binary_mode_puts_the_attributes_into_headers_and_the_data_into_the_value() -> None:
    assert HEADERS == (
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", b"e-1"),
        ("ce_source", b"https://crm"),
        ("ce_type", b"leadrelay.feedback.accepted.v1"),
        ("ce_subject", b"lead-1"),
        ("ce_time", b"2026-11-24T09:00:00.500Z"),
    )
    assert opened(b"lead-1", b'{"by":"kim"}', HEADERS) == EVENT


@pytest.mark.parametrize("data", [b'{"by":"kim"}', {"by": "kim"}])
def test_structured_mode_is_one_json_object(data: Any) -> None:
    value = structured(EVENT._replace(data=data))
    assert orjson.loads(value) == {
        "specversion": "1.0",
        "id": "e-1",
        "source": "https://crm",
        "type": "leadrelay.feedback.accepted.v1",
        "subject": "lead-1",
        "time": "2026-11-24T09:00:00.500Z",
        "datacontenttype": "application/json",
        "data": {"by": "kim"},
    }
    assert opened(b"lead-1", value, ()) == EVENT


def test_the_content_type_decides_the_mode_before_the_headers_do() -> None:
    both = (*HEADERS[1:], ("content-type", b"application/cloudevents+json"))
    inside = EVENT._replace(id="e-2")
    assert opened(b"lead-1", structured(inside), both) == inside


@pytest.mark.parametrize("content", [b"", None, b"application/json; charset=utf-8", b"application/vnd.crm+json"])
def test_data_may_be_any_kind_of_json(content: bytes | None) -> None:
    assert opened(b"lead-1", b'{"by":"kim"}', (*HEADERS, ("content-type", content))) == EVENT


def test_foreign_headers_do_not_matter_and_of_equal_ones_the_last_counts() -> None:
    more = (*HEADERS, ("traceparent", None), ("ce_id", b"e-2"), ("", b"\xff"))
    assert opened(b"lead-1", b'{"by":"kim"}', more) == EVENT._replace(id="e-2")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-24T09:00:00Z", 1_795_510_800_000),
        ("2026-11-24t09:00:00z", 1_795_510_800_000),
        ("2026-11-24 09:00:00Z", 1_795_510_800_000),
        ("2026-11-24T10:00:00+01:00", 1_795_510_800_000),
        ("2026-11-24T03:30:00-05:30", 1_795_510_800_000),
        ("2026-11-24T09:00:00-00:00", 1_795_510_800_000),
        ("2026-11-24T09:00:00.5Z", 1_795_510_800_500),
        ("2026-11-24T09:00:00.000999999Z", 1_795_510_800_000),
        ("2026-11-24T09:00:00.123999Z", 1_795_510_800_123),
        ("2000-01-01T00:00:00Z", EARLIEST_AT),
        ("2099-12-31T23:59:59.999Z", LATEST_AT),
        ("2100-01-01T12:00:00+23:00", LATEST_AT + 1 - 11 * 3_600_000),
    ],
)
def test_a_time_is_the_instant_that_it_names(text: str, at: int) -> None:
    assert instant(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1795510800",
        "2026-11-24",
        "2026-11-24T09:00:00",
        "2026-11-24T09:00Z",
        "2026-11-24T9:00:00Z",
        "20261124T090000+0000",
        "2026-W48-2T09:00:00Z",
        "2026-11-24T09:00:00.Z",
        "2026-11-24T09:00:00.0000000000Z",
        "2026-11-24T09:00:00,5Z",
        "2026-11-24T09:00:00+1",
        "2026-11-24T09:00:00+0100",
        "2026-11-24T09:00:00+01:00:30",
        "2026-11-24T10:00:00+25:00",
        "2026-11-24T10:00:00+24:00",
        "2026-02-30T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2026-11-24T24:00:01Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "12026-11-24T09:00:00Z",
        "-2026-11-24T09:00:00Z",
        "\uff12\uff10\uff12\uff16-11-24T09:00:00Z",
        "2026-11-24T09:00:00Z\n",
        " 2026-11-24T09:00:00Z",
        "2026-11-24T09:00:00Z" + " " * 500,
    ],
)
def test_what_is_no_time_with_a_zone_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        instant(text)
    assert refused.value.reason == "bad_time"
    assert "expected like 2026-11-24T10:00:00Z" in refused.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "1970-01-01T00:00:00Z",
        "1999-12-31T23:59:59.999Z",
        "2000-01-01T00:00:00+00:01",
        "2100-01-01T00:00:00Z",
        "2099-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_a_time_of_a_broken_clock_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        instant(text)
    assert refused.value.reason == "time_out_of_range"
    assert "expected a year from 2000 to 2099" in refused.value.detail


@given(st.integers(EARLIEST_AT, LATEST_AT))
def test_every_instant_can_be_written_and_read(at: int) -> None:
    assert instant(rfc3339(at)) == at


NEARLY = (
    r"[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


@given(st.from_regex(NEARLY, fullmatch=True) | st.text())
def test_whatever_a_time_is_it_is_an_instant_in_range_or_refused(text: str) -> None:
    try:
        at = instant(text)
    except Refusal as refusal:
        at, reason = EARLIEST_AT, refusal.reason
    else:
        reason = "bad_time"
    assert EARLIEST_AT <= at <= LATEST_AT
    assert reason in {"bad_time", "time_out_of_range"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("kim", "'kim'"),
        ("x" * 41, repr("x" * 40)),
        (b"\xff" * 41, repr(b"\xff" * 40)),
        ("\ud800", r"'\ud800'"),
        (5, "5"),
        (True, "True"),
        (0.5, "0.5"),
        (-(10**40), "a value of type int"),
        (float("nan"), "a value of type float"),
        (float("inf"), "a value of type float"),
        (None, "a value of type NoneType"),
        ([[]], "a value of type list"),
    ],
)
def test_a_wrong_value_is_shown_in_short(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_number_too_long_for_python_to_write_can_be_shown() -> None:
    assert shown(10**5000) == "a value of type int"


def test_a_detail_has_an_end() -> None:
    assert Refusal("not_json", "x" * 501).detail == "x" * DETAIL_LENGTH_MAX


NAMES = st.sampled_from([b"e-1", b"", None, b"\xff", b"\x00", "größe".encode(), b"\xc2\x85", b"\xc2\xa0", b"x" * 129])
OURS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001  the zone is written behind it
    lambda at: f"{at.isoformat(timespec='milliseconds')}Z".encode()
)
TIMES = OURS | st.sampled_from(
    [None, b"2026-11-24T10:00:00Z", b"2026-W01-1T10:00:00.000Z", b"2026-11-24T10:00:00,000Z"]
)
VERSIONS = st.sampled_from([b"1.0", b"1.0", b"1.0", b"0.3", None])
ANY_NAME = st.just(b"e-1") | NAMES


@given(st.tuples(VERSIONS, ANY_NAME, ANY_NAME, ANY_NAME, ANY_NAME, TIMES))
def test_the_quick_look_at_attributes_sees_what_the_validator_sees(attributes: tuple[bytes | None, ...]) -> None:
    quick = _plainly(attributes)
    assert quick is None or list(quick) == _strictly(attributes)


@given(st.tuples(st.just(b"1.0"), *[st.text(st.characters(codec="utf-8"), max_size=130).map(str.encode)] * 4, OURS))
def test_no_quick_look_takes_what_the_validator_refuses(attributes: tuple[bytes, ...]) -> None:
    quick = _plainly(attributes)
    assert quick is None or list(quick) == _strictly(attributes)


def test_most_attributes_need_but_a_quick_look() -> None:
    attributes = (b"1.0", b"e-1", b"https://site", b"leadrelay.x.v1", "größe".encode(), b"2026-11-24T10:00:00.000Z")
    assert _plainly(attributes) == ("e-1", "https://site", "leadrelay.x.v1", "größe", "2026-11-24T10:00:00.000Z")
    for spoilt in (b"", b"\xff", None, b"\n", b"x" * 129):
        assert _plainly((b"1.0", spoilt, *attributes[2:])) is None
