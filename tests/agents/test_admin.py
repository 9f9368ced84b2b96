"""What topic administration does to a real cluster, and what it says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from agents import admin
from agents.admin import Difference
from agents.broker import EmbeddedBroker, probe
from agents.errors import LeadrelayError

pytestmark = pytest.mark.kafka


@dataclass(frozen=True)
class Row:
    name: str
    partitions: int | None = None
    config: Mapping[str, str] = field(default_factory=dict)


async def test_topics_are_made_once_as_the_catalogue_says(broker: EmbeddedBroker) -> None:
    rows = [Row("made.lanes", config={"cleanup.policy": "compact"}), Row("made.one", partitions=1)]
    assert await admin.create(broker.address, rows, lanes=3) == ["made.lanes", "made.one"]
    assert await admin.create(broker.address, rows, lanes=3) == []
    assert await admin.check(broker.address, rows, lanes=3) == []


async def test_each_difference_is_told(broker: EmbeddedBroker) -> None:
    await admin.create(broker.address, [Row("differs", config={"retention.ms": "1000"})], lanes=2)
    wanted = [Row("differs", config={"retention.ms": "2000", "cleanup.policy": "delete"}), Row("lacking")]
    assert await admin.check(broker.address, wanted, lanes=3) == [
        Difference("differs", "partitions", "", "3", "2"),
        Difference("differs", "config", "retention.ms", "2000", "1000"),
        Difference("lacking", "missing", "", "3 partitions", "no such topic"),
    ]


async def test_a_setting_that_kafka_does_not_know_is_refused_by_name(broker: EmbeddedBroker) -> None:
    with pytest.raises(LeadrelayError) as caught:
        await admin.create(broker.address, [Row("odd", config={"no.such.setting": "1"})], lanes=1)
    assert caught.value.what == "the Kafka cluster refused"
    assert "topic odd" in caught.value.detail


async def test_an_address_where_nobody_answers_is_named() -> None:
    address = f"127.0.0.1:{probe.free_port()}"
    with pytest.raises(LeadrelayError) as caught:
        await admin.check(address, [], lanes=1)
    assert caught.value.what == "no Kafka broker answers"
    assert address in caught.value.detail
    assert "LEADRELAY_BROKER" in caught.value.remedy
