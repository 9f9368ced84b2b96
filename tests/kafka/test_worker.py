"""A worker as its operator meets it: how it starts, what it says when it can't, and how it ends."""

import sys
import time
from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from agents.broker.probe import free_port
from schemas.topics import ACTIVITY
from tests.kafka.cluster import WORKER, Cluster, cluster
from tests.kafka.harness import WorkerProcess, end_all
from tests.kafka.history import Sent

pytestmark = pytest.mark.kafka
FAUST = (sys.executable, "-m", "faust", "-A", "agents.worker", "worker", "-l", "info")
AGREEMENT = Path("schemas/agreement.toml").read_text("utf-8")
PAGE = b"""{"specversion":"1.0","id":"1","source":"site","type":"leadrelay.activity.page_viewed.v1","subject":"ada",\
"time":"2026-11-02T09:00:00Z","data":{"url":"/pricing"}}"""


async def test_people_who_know_faust_start_it_as_they_expect(empty_broker: EmbeddedBroker, tmp_path: Path) -> None:
    async with cluster(empty_broker.address, tmp_path) as relay:
        worker = relay.start(FAUST)
        await relay.send([Sent(ACTIVITY.name, b"ada", PAGE, [])])
        await relay.until_handled(1)
        code, _ = worker.terminate()
        verdict = await relay.verdict()
    assert code == 0
    assert verdict.equal
    assert verdict.messages == 1


async def test_missing_topics_are_named_with_the_command_that_makes_them(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    relay = Cluster(empty_broker.address, tmp_path)
    worker = relay.start()
    try:
        assert await worker.exit_code(60) == 1
    finally:
        end_all(relay.workers)
    assert "leads.activity.v1" in worker.text()
    assert "leadrelay topics create" in worker.text()


async def test_nothing_starts_with_a_wrong_agreement(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(AGREEMENT.replace("attempts_max = 6", 'attempts_max = "six"'))
    environment = {"LEADRELAY_AGREEMENT": str(wrong), "LEADRELAY_METRICS_PORT": "0"}
    worker = WorkerProcess(WORKER, tmp_path / "log", environment)
    assert await worker.exit_code(60) == 2
    assert "pursuit.attempts_max" in worker.text()
    assert "metrics served" not in worker.text()


async def test_a_worker_without_a_broker_says_so_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    relay = Cluster(f"127.0.0.1:{free_port()}", tmp_path)
    worker = relay.start()
    try:
        await worker.until(lambda: worker.events("the broker does not answer"), 60)
        began = time.monotonic()
        code, _ = worker.terminate()
    finally:
        end_all(relay.workers)
    assert code == 0
    assert time.monotonic() - began < 10
