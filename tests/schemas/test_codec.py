"""An event becomes the same message in both modes, and is what was written; each type has one contract."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.activity import FormSubmitted, PageViewed
from schemas.codec import BY_CONTRACT, BY_TYPE, KINDS, Message, decode, plain
from tests.schemas.anything import data_of
from tests.schemas.made import EVENT, INPUT_KINDS, INPUTS, Record, binary, structured

MESSAGE = Message(
    "e-1",
    "https://site",
    "form_submitted",
    "lead-1",
    1_795_510_800_000,
    "2026-11-24T09:00:00.000Z",
    FormSubmitted(form="newsletter"),
)
MODES = pytest.mark.parametrize("mode", [binary, structured])
Mode = Callable[[Mapping[str, Any]], Record]


@MODES
def test_an_event_becomes_a_message(mode: Mode) -> None:
    assert decode(*mode(EVENT)) == MESSAGE


@MODES
def test_fields_and_attributes_that_nobody_knows_are_ignored(mode: Mode) -> None:
    event = {**EVENT, "traceparent": "00-1", "data": {"form": "newsletter", "new": {"deep": [1]}, "source": "web"}}
    message = decode(*mode(event))
    assert message == MESSAGE._replace(data=FormSubmitted(form="newsletter", source="web"))
    assert orjson.loads(plain(message.data)) == {"form": "newsletter", "source": "web", "campaign": ""}


def test_the_key_may_be_all_that_is_known_of_the_mode() -> None:
    assert decode(*structured(EVENT)._replace(headers=())) == MESSAGE


@MODES
@pytest.mark.parametrize("source", ["web", "w" * 128])
def test_data_that_came_before_are_read_alike(mode: Mode, source: str) -> None:
    event = {**EVENT, "data": {"form": "newsletter", "source": source, "more": ["x" * 400] * (source != "web")}}
    first, second = decode(*mode(event)), decode(*mode({**event, "id": "e-2"}))
    assert first == MESSAGE._replace(data=FormSubmitted(form="newsletter", source=source))
    assert second == first._replace(id="e-2")


@MODES
@pytest.mark.parametrize(
    ("time", "written"),
    [
        ("2026-11-24T09:00:00.000Z", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24t09:00:00.000z", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24 09:00:00.000Z", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24T09:00:00Z", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00.000Z"),
        ("2026-11-24T09:00:00.0009Z", "2026-11-24T09:00:00.000Z"),
    ],
)
def test_a_time_is_written_in_one_way(mode: Mode, time: str, written: str) -> None:
    assert decode(*mode({**EVENT, "time": time})) == MESSAGE
    assert MESSAGE.time == written


@MODES
@pytest.mark.parametrize("name", ["e\u00a0", "größe", "e\u2028", "x" * 128, "ü" * 128, " "])
def test_an_id_may_be_unusual(mode: Mode, name: str) -> None:
    for time in (EVENT["time"], MESSAGE.time):
        assert decode(*mode({**EVENT, "id": name, "time": time})) == MESSAGE._replace(id=name)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """Any event that an input topic may carry."""
    kind = draw(st.sampled_from(INPUT_KINDS))
    word = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=128)
    return {
        **EVENT,
        "id": draw(word),
        "source": draw(word),
        "type": kind.type,
        "subject": draw(word),
        "data": draw(data_of(kind.contract)),
    }


@given(events())
def test_every_event_is_the_same_message_in_both_modes_and_as_long_as_it_is_written_and_read(
    event: dict[str, Any],
) -> None:
    message = decode(*binary(event))
    assert decode(*structured(event)) == message
    again = {**event, "data": orjson.loads(plain(message.data))}
    assert decode(*binary(again)) == message
    assert (message.id, message.source, message.lead) == (event["id"], event["source"], event["subject"])


@given(st.data())
def test_every_event_that_we_publish_can_be_written_and_read(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in KINDS if kind.topic not in INPUTS]))
    value = orjson.dumps(data.draw(data_of(kind.contract)))
    event = kind.adapter.validate_json(value, strict=True)
    assert kind.adapter.validate_json(plain(event), strict=True) == event
    assert BY_CONTRACT[type(event)] is kind


def test_types_and_contracts_are_told_apart() -> None:
    assert len(BY_TYPE) == len(BY_CONTRACT) == len(KINDS)


def test_an_input_is_told_apart_by_its_short_name() -> None:
    names = [kind.name for kind in INPUT_KINDS]
    assert len(set(names)) == len(names)


def test_only_a_contract_can_be_written() -> None:
    assert plain(PageViewed(url="/")) == b'{"source":"","campaign":"","url":"/","title":""}'
    with pytest.raises(AssertionError):
        plain({"url": "/"})
