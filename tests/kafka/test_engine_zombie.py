"""A worker that was frozen inside a transaction and comes back: what it wrote is taken over whole, or not at all."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.harness import WorkerProcess, end_all, toy_worker
from tests.kafka.toy_check import RIGHT, Toy, new_toy, until_done

pytestmark = pytest.mark.kafka

LOST_S = 9.0
"""After so long the group has given the lanes of a frozen worker to others: its session ended after six."""
SLOW = {"uncommitted_max": 400, "read_max": 200}
PATIENT = {**SLOW, "fence_grace_ms": 60_000, "transaction_timeout_ms": 60_000}


async def frozen(toy: Toy, log: Path, point: str, **settings: Any) -> WorkerProcess:
    """A worker that has stopped itself at this point of its 10th transaction."""
    worker = toy_worker(log, toy.settings(**settings), hook={"point": point, "at": 10})
    await worker.until(lambda: worker.events("hook"))
    return worker


async def test_frozen_before_the_group_was_asked_it_is_refused(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = await new_toy(broker.address, 20_000, 500)
    old = await frozen(toy, tmp_path / "old", "acknowledged", **PATIENT)
    new = toy_worker(tmp_path / "new", toy.settings(**PATIENT))
    try:
        await asyncio.sleep(LOST_S)
        held = toy.partitions - len(new.events("opened"))
        old.send(signal.SIGCONT)
        await old.until(lambda: old.events("refused"))
        await until_done(toy, old, new)
        codes = [worker.terminate()[0] for worker in (old, new)]
    finally:
        end_all([old, new])
    assert held
    assert codes == [0, 0]
    assert await toy.compare() == RIGHT


async def test_frozen_after_the_group_agreed_the_new_owner_waits_for_it(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = await new_toy(broker.address, 20_000, 500)
    old = await frozen(toy, tmp_path / "old", "fenced", **PATIENT)
    new = toy_worker(tmp_path / "new", toy.settings(**PATIENT))
    try:
        await asyncio.sleep(LOST_S)
        held = toy.partitions - len(new.events("opened"))
        old.send(signal.SIGCONT)
        await until_done(toy, old, new)
        codes = [worker.terminate()[0] for worker in (old, new)]
    finally:
        end_all([old, new])
    assert held
    assert max(event["waited"] for event in new.events("opened")) > 1
    assert codes == [0, 0]
    assert await toy.compare() == RIGHT


async def test_frozen_under_a_name_that_another_process_took_it_ends(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = await new_toy(broker.address, 20_000, 500)
    old = await frozen(toy, tmp_path / "old", "fenced", instance="w0", **SLOW)
    new = toy_worker(tmp_path / "new", toy.settings(instance="w0"))
    try:
        await new.until(lambda: new.events("committed"))
        old.send(signal.SIGCONT)
        assert await old.exit_code() not in {0, 1}
        await until_done(toy, new)
        new.terminate()
    finally:
        end_all([old, new])
    assert "another worker has taken our name" in old.text()
    assert await toy.compare() == RIGHT
