"""What we write, the CloudEvents SDK reads; what the SDK writes, we read: in both modes, with its own Kafka binding."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import (
    KafkaMessage,
    from_binary_event,
    from_kafka_event,
    from_structured_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent

from schemas.codec import BY_TYPE, decode, plain
from schemas.envelope import Envelope, binary_headers, instant, rfc3339, structured
from tests.schemas.made import EXAMPLES, INPUT_EXAMPLES

ATTRIBUTES = ("id", "source", "type", "subject")
MOMENTS = [
    datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    datetime(2026, 11, 24, 10, 0, 0, 123_456, tzinfo=UTC),
    datetime(2026, 11, 24, 10, 0, tzinfo=timezone(-timedelta(hours=5, minutes=30))),
]


def written(event: dict[str, Any]) -> Envelope:
    """An example as we write it."""
    data = BY_TYPE[event["type"]].adapter.validate_python(event["data"])
    return Envelope(*(event[name] for name in ATTRIBUTES), instant(event["time"]), plain(data))


def agrees(read: Any, envelope: Envelope, event: dict[str, Any]) -> None:
    assert (read.get_id(), read.get_source(), read.get_type(), read.get_subject()) == envelope[:4]
    assert read.get_specversion() == "1.0"
    assert read.get_datacontenttype() == "application/json"
    assert rfc3339(envelope.at) == read.get_time().astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
    assert event["data"].items() <= read.get_data().items()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sdk_reads_what_we_write_in_binary_mode(name: str) -> None:
    envelope = written(EXAMPLES[name])
    assert isinstance(envelope.data, bytes)
    message = KafkaMessage(dict(binary_headers(envelope)), envelope.subject, envelope.data)
    for read in (from_binary_event(message), from_kafka_event(message)):
        agrees(read, envelope, EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sdk_reads_what_we_write_in_structured_mode(name: str) -> None:
    envelope = written(EXAMPLES[name])
    message = KafkaMessage({"content-type": b"application/cloudevents+json"}, envelope.subject, structured(envelope))
    agrees(from_structured_event(message), envelope, EXAMPLES[name])


@pytest.mark.parametrize("name", INPUT_EXAMPLES)
@pytest.mark.parametrize("write", [to_binary_event, to_structured_event])
@pytest.mark.parametrize("moment", MOMENTS)
def test_we_read_what_the_sdk_writes(name: str, write: Any, moment: datetime) -> None:
    example = EXAMPLES[name]
    attributes = {attribute: example[attribute] for attribute in ATTRIBUTES} | {"time": moment}
    event = CloudEvent({**attributes, "datacontenttype": "application/json"}, example["data"])
    message = write(event, key_mapper=lambda event: event.get_subject())
    kind = BY_TYPE[example["type"]]
    read = decode(kind.topic, message.key.encode(), message.value, tuple(message.headers.items()))
    assert (read.id, read.source, read.kind, read.lead) == (
        example["id"],
        example["source"],
        kind.name,
        example["subject"],
    )
    assert read.at == int(moment.timestamp() * 1000)
    assert read.data == kind.adapter.validate_python(example["data"])
