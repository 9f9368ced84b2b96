"""Ids that turn out to be one lead, through workers that are killed: every history arrives once, and nothing twice."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from agents.broker import EmbeddedBroker
from schemas.topics import FACT, LETTER
from streams.forwarding import is_sent
from tests.kafka.cluster import cluster
from tests.kafka.history import history
from tests.streams.given import MONDAY

pytestmark = pytest.mark.kafka
EVENTS, LEADS, JOINS = 3000, 300, 0.05


async def test_leads_are_joined_once_whenever_a_worker_dies(empty_broker: EmbeddedBroker, tmp_path: Path) -> None:
    messages = list(history(EVENTS, LEADS, 7, MONDAY, JOINS))
    async with cluster(empty_broker.address, tmp_path) as relay:
        await relay.send(messages)
        for _ in range(3):
            worker = relay.start(LEADRELAY_CLOCK="off", LEADRELAY_REFUSED_SHARE_MAX="1")
            await relay.until_handled(len(messages) // 4)
            worker.kill()
        worker = relay.start(LEADRELAY_CLOCK="off", LEADRELAY_REFUSED_SHARE_MAX="1")
        await relay.until_handled(len(messages))
        await relay.until_idle()
        assert worker.terminate()[0] == 0
        letters = [record for record in await relay.read(LETTER) if is_sent(record)]
        facts = Counter(orjson.loads(record.value)["fact"] for record in await relay.read(FACT))
        verdict = await relay.verdict()
    assert facts["joined"] == facts["transferred"] > EVENTS * JOINS / 2
    assert facts["forwarded"] > 0, "nothing was told of an id that stands for another lead"
    assert len(letters) == facts["transferred"] + facts["forwarded"]
    assert verdict.equal, verdict
    assert verdict.messages == len(messages) + len(letters)
