"""How a worker ends: asked to, with a broker and without; and how it waits for a broker that is not there yet."""

import asyncio
import signal
from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.harness import end_all, toy_worker
from tests.kafka.toy_check import RIGHT, Toy, new_toy, until_done

pytestmark = pytest.mark.kafka


async def test_a_worker_without_a_broker_says_so_and_ends_when_asked(tmp_path: Path) -> None:
    nowhere = Toy("127.0.0.1:1", "nowhere")
    worker = toy_worker(tmp_path / "a", nowhere.settings())
    try:
        await worker.until(lambda: worker.events("broker_away"))
        code, _ = worker.terminate()
    finally:
        end_all([worker])
    assert code == 0


async def test_a_worker_whose_topics_are_missing_says_which(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = Toy(broker.address, "missing")
    worker = toy_worker(tmp_path / "a", toy.settings())
    try:
        assert await worker.exit_code() == 1
    finally:
        end_all([worker])
    assert "missing-in-a is missing" in worker.text()
    assert "leadrelay topics create" in worker.text()


async def test_a_worker_outlives_its_broker(tmp_path: Path) -> None:
    """The broker comes late; it stops for longer than transactions live, in the middle of one; and it is killed."""
    with EmbeddedBroker(extra={"transaction.abort.timed.out.transaction.cleanup.interval.ms": "500"}) as broker:
        toy = await new_toy(broker.address, 4000, 400)
        broker.kill(signal.SIGKILL)
        settings = toy.settings(uncommitted_max=200, read_max=100, transaction_timeout_ms=2000)
        worker = toy_worker(tmp_path / "a", settings, hook={"point": "acknowledged", "at": 4, "act": "sleep"})
        try:
            await worker.until(lambda: worker.events("broker_away"))
            await asyncio.to_thread(broker.restart)
            await worker.until(lambda: worker.events("hook"), 60)
            assert worker.events("broker_back")
            broker.kill(signal.SIGSTOP)
            await asyncio.sleep(6)
            broker.kill(signal.SIGCONT)
            await until_done(toy, worker)
            assert "ProducerFenced" in [event["reason"] for event in worker.events("refused")]
            assert await toy.compare() == RIGHT
            broker.kill(signal.SIGKILL)
            code, _ = worker.terminate()
        finally:
            end_all([worker])
    assert code == 0


async def test_a_bug_in_the_fold_ends_the_process_with_its_record_named(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = await new_toy(broker.address, 200, 20)
    await toy.put(0, b"L000000", b"bug")
    worker = toy_worker(tmp_path / "a", toy.settings())
    try:
        assert await worker.exit_code() != 0
    finally:
        end_all([worker])
    assert f"{toy.inputs[0]}/0" in worker.text()
    assert "ZeroDivisionError" in worker.text()
