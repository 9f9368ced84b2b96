"""Events reach Kafka once, in order, in their leads' lanes, and nobody waits for those that are not there yet."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from agents import admin, feeding, sending
from agents.broker import EmbeddedBroker, probe
from agents.errors import LeadrelayError
from agents.feeding import Fed, feed
from agents.parcels import RECORD_BYTES_MAX
from agents.reading import read_topic
from schemas.codec import decode
from schemas.envelope import Envelope, structured
from schemas.topics import ACTIVITY, FEEDBACK, INPUTS, PARTITIONS
from streams.routing import lane_of
from tests.streams.given import MONDAY

pytestmark = pytest.mark.kafka
PAGE, ACCEPTED = "leadrelay.activity.page_viewed.v1", "leadrelay.feedback.accepted.v1"


def page(name: str, number: int, lead: str = "ada") -> Envelope:
    return Envelope(f"{name}-{number}", name, PAGE, lead, MONDAY + number, {"url": f"https://example.com/{number}"})


async def found(broker: EmbeddedBroker, name: str, *topics: str) -> list[Any]:
    """The messages of a test, decoded as a worker does it; they are told by their source."""
    records = [record for topic in topics async for record in read_topic([broker.address], topic)]
    own = [record for record in records if dict(record.headers).get("ce_source") == name.encode()]
    return [(record.partition, decode(record.topic, record.key, record.value, record.headers)) for record in own]


async def test_every_event_arrives_once_and_in_order_in_its_lane(relay_broker: EmbeddedBroker) -> None:
    leads = [f"lead-{number}" for number in range(50)]
    events = [page("order", number, leads[number % 50]) for number in range(5000)]
    events += [Envelope(f"order-f{n}", "order", ACCEPTED, leads[n], MONDAY, b'{"by":"sam"}') for n in range(50)]
    fed = await feed(events, [relay_broker.address])
    assert fed.acknowledged == {ACTIVITY.name: 5000, FEEDBACK.name: 50}
    assert fed.read == fed.sent == 5050
    messages = await found(relay_broker, "order", ACTIVITY.name, FEEDBACK.name)
    assert Counter(message.id for _, message in messages) == Counter(event.id for event in events)
    assert all(partition == lane_of(message.lead.encode(), PARTITIONS) for partition, message in messages)
    for lead in leads:
        at = [message.at for _, message in messages if message.lead == lead and message.kind == "page_viewed"]
        assert at == sorted(at)


async def test_lines_and_envelopes_arrive_as_the_same_messages(relay_broker: EmbeddedBroker) -> None:
    events = [page("same", number) for number in range(3)]
    await feed(events, [relay_broker.address])
    await feed([structured(event) for event in events], [relay_broker.address])
    messages = await found(relay_broker, "same", ACTIVITY.name)
    assert messages[:3] == messages[3:]


async def test_wrong_lines_are_counted_with_their_place_and_sent_unchanged(relay_broker: EmbeddedBroker) -> None:
    long = b"x" * (RECORD_BYTES_MAX + 1)
    fed = await feed([b"", b"unreadable 1", b"  ", long, structured(page("wrong", 1))], [relay_broker.address])
    assert (fed.taken, fed.read, fed.sent, fed.refusable, fed.unsent) == (5, 3, 2, 1, 1)
    assert [(problem.number, problem.reason) for problem in fed.problems] == [(2, "not_json"), (4, "not_sent")]
    records = [record async for record in read_topic([relay_broker.address], ACTIVITY.name)]
    assert [(record.partition, record.key) for record in records if record.value == b"unreadable 1"] == [(0, None)]
    assert not any(record.value == long for record in records)


async def test_an_event_does_not_wait_for_the_next_one(relay_broker: EmbeddedBroker) -> None:
    arrived = threading.Event()

    def source() -> Iterator[Envelope]:
        yield from [page("alone", number) for number in range(1000)]
        assert arrived.wait(30)
        yield page("alone", 1000)

    task = asyncio.create_task(feed(source(), [relay_broker.address]))
    while len(await found(relay_broker, "alone", ACTIVITY.name)) < 1000:
        assert not task.done()
        await asyncio.sleep(0.05)
    arrived.set()
    assert (await task).sent == 1001


async def test_a_rate_is_kept_and_told(relay_broker: EmbeddedBroker) -> None:
    steps: list[int] = []
    began = time.perf_counter()
    fed = await feed(
        (page("rate", number) for number in range(100)),
        [relay_broker.address],
        lambda fed: steps.append(fed.read),
        rate=100,
    )
    assert steps == list(range(5, 101, 5))
    assert time.perf_counter() - began >= 1.0  # a hundred at a hundred a second can't be quicker
    assert fed.events_per_s <= 101


async def test_a_source_that_fails_says_so(relay_broker: EmbeddedBroker) -> None:
    def source() -> Iterator[bytes]:
        yield structured(page("fails", 1))
        raise LeadrelayError("the events can't be read", "the disk is gone", "mend it")

    with pytest.raises(LeadrelayError, match="the disk is gone"):
        await feed(source(), [relay_broker.address])


async def test_how_far_it_came_is_known_after_an_interruption(relay_broker: EmbeddedBroker) -> None:
    fed, gate = Fed(), threading.Event()

    def source() -> Iterator[Envelope]:
        yield from [page("stopped", number) for number in range(1000)]
        gate.wait(30)

    task = asyncio.create_task(feed(source(), [relay_broker.address], fed=fed))
    while fed.sent < 1000:
        assert not task.done()
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()
    assert fed.read == fed.sent == 1000


async def test_topics_that_are_missing_are_named(relay_broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "INPUTS", (*INPUTS, replace(ACTIVITY, name="leads.nothing.v1")))
    with pytest.raises(LeadrelayError) as caught:
        await feed([page("missing", 1)], [relay_broker.address])
    assert caught.value.what == "a topic is missing"
    assert caught.value.detail == f"leads.nothing.v1 does not exist on {relay_broker.address}"


async def test_a_broker_that_is_away_is_named() -> None:
    address = f"127.0.0.1:{probe.free_port()}"
    with pytest.raises(LeadrelayError) as caught:
        await feed([], [address])
    assert caught.value.what == "no Kafka broker answers"
    assert address in caught.value.detail


async def test_a_broker_that_falls_silent_ends_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PATIENCE_S", 2.0)
    monkeypatch.setattr(sending, "CLOSE_S", 0.5)
    fed = Fed()
    with EmbeddedBroker() as broker:
        await admin.create(broker.address, INPUTS, PARTITIONS)

        def source() -> Iterator[Envelope]:
            yield from [page("silent", number) for number in range(1000)]
            while fed.sent < 1000:
                time.sleep(0.02)
            broker.kill()
            yield page("silent", 1000)

        with pytest.raises(LeadrelayError) as caught:
            await feed(source(), [broker.address], fed=fed)
    assert caught.value.what == "Kafka does not answer any more"
    assert "1,000 events are in the log" in caught.value.detail
    assert "repeated ids are recognised" in caught.value.remedy
