"""Buying groups through workers that are killed: each member counts once, and no group is handed over twice."""

import random
from collections import Counter
from pathlib import Path

import orjson
import pytest

from agents.broker import EmbeddedBroker
from schemas.envelope import Envelope, binary_headers
from schemas.topics import ACTIVITY, FACT, HANDOFF, LETTER
from streams.forwarding import is_sent
from tests.kafka.cluster import cluster
from tests.kafka.history import Sent
from tests.streams.given import MINUTE, MONDAY

pytestmark = pytest.mark.kafka
PRODUCTS = Path(__file__).parents[2] / "deploy" / "agreements" / "products.toml"
EVENTS, LEADS, COMPANIES = 2000, 200, 25
DEEDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("page_viewed", {"url": "https://example.com/planner/pricing"}),
    ("content_downloaded", {"asset": "ledger-guide"}),
    ("trial_started", {"product": "planner"}),
    ("profile_given", {"seniority": "vp"}),
    ("profile_given", {"department": "finance"}),
)


def deeds() -> list[Sent]:
    """What people of some companies do; now and then one of them changes the company, or is another one of them."""
    chance, sent = random.Random(3), []  # noqa: S311  a believable load, not a secret
    for number in range(EVENTS):
        lead, (kind, data) = f"L{chance.randrange(LEADS)}", chance.choice(DEEDS)
        roll = chance.random()
        if roll < 0.2:
            kind, data = "profile_given", {"company": f"company {chance.randrange(COMPANIES)}"}
        elif roll < 0.23:
            kind, data = "identified", {"known_as": f"L{chance.randrange(LEADS)}"}
        at = MONDAY + number * MINUTE
        event = Envelope(str(number), "site", f"leadrelay.activity.{kind}.v1", lead, at, data)
        sent.append(Sent(ACTIVITY.name, lead.encode(), orjson.dumps(data), list(binary_headers(event))))
    return sent


async def test_groups_are_exact_whenever_a_worker_dies(empty_broker: EmbeddedBroker, tmp_path: Path) -> None:
    messages, env = deeds(), {"LEADRELAY_CLOCK": "off", "LEADRELAY_AGREEMENT": str(PRODUCTS)}
    async with cluster(empty_broker.address, tmp_path) as relay:
        await relay.send(messages)
        for _ in range(2):
            worker = relay.start(**env)
            await relay.until_handled(len(messages) // 3)
            worker.kill()
        worker = relay.start(**env)
        await relay.until_handled(len(messages))
        await relay.until_idle()
        assert worker.terminate()[0] == 0
        letters = [record for record in await relay.read(LETTER) if is_sent(record)]
        facts = Counter(orjson.loads(record.value)["fact"] for record in await relay.read(FACT))
        packets = [orjson.loads(record.value) for record in await relay.read(HANDOFF)]
        verdict = await relay.verdict(PRODUCTS)
    groups = Counter(packet["lead"] for packet in packets if "members" in packet)
    assert len(groups) > COMPANIES / 2
    assert set(groups.values()) == {1}, "a group that nobody gave back is handed over once"
    assert facts["group_told"] == facts["member_noted"] > EVENTS / 10
    assert len(letters) == facts["group_told"] + facts["transferred"] + facts["forwarded"]
    assert verdict.equal, verdict
