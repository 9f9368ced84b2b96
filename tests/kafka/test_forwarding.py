"""Producers with another partitioner: what they send is handled in the lane where its lead lives, once."""

from collections import Counter
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from agents.broker import EmbeddedBroker
from schemas.codec import decode
from schemas.envelope import Refusal
from schemas.topics import FACT, LETTER
from streams.forwarding import is_forwarded
from streams.routing import lane_of
from tests.kafka.cluster import Cluster, cluster
from tests.kafka.history import Sent, history
from tests.streams.given import MONDAY

pytestmark = pytest.mark.kafka
EVENTS, LEADS = 3000, 300


def well_formed(sent: Sent) -> bool:
    """Whether it gets as far as to its lead; what can't be read is refused where it is."""
    try:
        return bool(decode(*sent))
    except Refusal:
        return False


async def send_anywhere(relay: Cluster, messages: list[Sent]) -> int:
    """Write messages round robin over the lanes; how many are not where their leads live."""
    strays = 0
    async with AIOKafkaProducer(bootstrap_servers=relay.address, enable_idempotence=True) as producer:
        for number, sent in enumerate(messages):
            lane = number % relay.lanes
            strays += lane_of(sent.key or b"", relay.lanes) != lane
            await producer.send(sent.topic, sent.value, sent.key, lane, headers=sent.headers)
        await producer.flush()
    return strays


async def test_what_comes_to_the_wrong_lane_is_handled_in_the_right_one(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    messages = [sent for sent in history(EVENTS, LEADS, 7, MONDAY) if well_formed(sent)]
    async with cluster(empty_broker.address, tmp_path) as relay:
        strays = await send_anywhere(relay, messages)
        for _ in range(2):  # killed in the middle, and started again
            worker = relay.start(LEADRELAY_CLOCK="off", LEADRELAY_REFUSED_SHARE_MAX="1")
            await relay.until_handled(len(messages) // 3)
            worker.kill()
        worker = relay.start(LEADRELAY_CLOCK="off", LEADRELAY_REFUSED_SHARE_MAX="1")
        await relay.until_handled(len(messages) + strays)
        assert worker.terminate()[0] == 0
        letters = [record for record in await relay.read(LETTER) if is_forwarded(record)]
        facts = Counter(record.value.split(b'"', 4)[3].decode() for record in await relay.read(FACT))
        verdict = await relay.verdict()
    assert strays > EVENTS / 2
    assert len(letters) == facts["forwarded"] == strays
    assert verdict.equal, verdict
    assert verdict.messages == len(messages) + strays
