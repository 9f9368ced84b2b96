"""What can't be taken lands once among the dead letters, unchanged, with its reason; its neighbours are untouched."""

import json
from collections import Counter
from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from schemas.topics import ACTIVITY, DEADLETTER
from tests.kafka.cluster import Cluster, cluster
from tests.kafka.history import Sent

pytestmark = pytest.mark.kafka
REASON = "__connect.errors.exception.class.name"


def page(number: int, **changed: object) -> dict[str, object]:
    event: dict[str, object] = {
        "specversion": "1.0",
        "id": f"page-{number}",
        "source": "test",
        "type": "leadrelay.activity.page_viewed.v1",
        "subject": "ada",
        "time": "2026-11-02T09:00:00Z",
        "data": {"url": "/pricing"},
    }
    return {name: value for name, value in {**event, **changed}.items() if value is not None}


def sent(value: bytes | None, key: bytes | None = b"ada") -> Sent:
    return Sent(ACTIVITY.name, key, value, [("traceparent", b"00-1")])


BAD = {
    "not_json": sent(b"\xff\xfe not json"),
    "invalid_data": sent(json.dumps(page(1, data={"url": 7})).encode()),
    "unknown_type": sent(json.dumps(page(2, type="leadrelay.activity.yawned.v1")).encode()),
    "missing_attribute": sent(json.dumps(page(3, id=None)).encode()),
    "missing_attribute ": sent(json.dumps(page(4, time=None)).encode()),
    "missing_attribute  ": sent(json.dumps(page(5, subject=None)).encode()),
    "time_out_of_range": sent(json.dumps(page(6, time="1970-01-01T00:00:00Z")).encode()),
    "time_out_of_range ": sent(json.dumps(page(7, time="9999-12-31T23:59:59Z")).encode()),
    "time_out_of_range  ": sent(json.dumps(page(8, time="2099-01-01T00:00:00Z")).encode()),
    "too_large": sent(json.dumps(page(9, data={"url": "x" * 1_000_000})).encode()),
    "null_value": sent(None),
    "wrong_key": sent(json.dumps(page(10)).encode(), b"bob"),
    "wrong_key ": sent(json.dumps(page(11)).encode(), None),
}


async def test_each_bad_message_is_a_dead_letter_once_and_its_neighbours_are_untouched(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    good = [sent(json.dumps(page(100 + number)).encode()) for number in range(len(BAD) + 1)]
    mixed = [each for pair in zip(good, BAD.values(), strict=False) for each in pair] + good[-1:]
    async with cluster(empty_broker.address, tmp_path) as relay:
        relay.start(LEADRELAY_REFUSED_SHARE_MAX="1")
        await relay.send(mixed)
        await relay.until_handled(len(mixed))
        await _stopped(relay)
        letters = await relay.read(DEADLETTER)
        verdict = await relay.verdict()
    found = Counter((dict(r.headers)[REASON].decode(), r.key, r.value, r.headers[0]) for r in letters)
    assert found == Counter((reason.strip(), s.key, s.value, s.headers[0]) for reason, s in BAD.items())
    assert verdict.equal, verdict
    assert verdict.messages == len(mixed)


async def test_a_feed_that_is_broken_stops_the_worker_which_says_so(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    async with cluster(empty_broker.address, tmp_path) as relay:
        worker = relay.start(LEADRELAY_REFUSED_COUNT_MIN="20")
        await relay.until_handled(0)
        await worker.until(lambda: worker.events("lane open"))
        await relay.send([sent(b"junk")] * 40)
        assert await worker.exit_code() == 4
        text = worker.text()
        letters = await relay.read(DEADLETTER)
    assert "too many messages are refused" in text
    assert "leadrelay deadletter list" in text
    assert 20 <= len(letters) <= 40


async def _stopped(relay: Cluster) -> None:
    for worker in relay.workers:
        code, _ = worker.terminate()
        assert code == 0
