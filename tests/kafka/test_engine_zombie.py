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
TRANSACTION_S = 12
ENDED_S = 5
"""The broker looks every second for transactions that are too old, and the end takes a moment."""
SLOW = {"uncommitted_max": 100, "read_max": 50}
PATIENT = {**SLOW, "fence_grace_ms": 60_000, "transaction_timeout_ms": 60_000}


async def frozen(toy: Toy, log: Path, point: str, at: int = 10, **settings: Any) -> WorkerProcess:
    """A worker that has stopped itself at this point of one of its first transactions."""
    worker = toy_worker(log, toy.settings(**settings), hook={"point": point, "at": at})
    try:
        await worker.until(lambda: worker.events("hook"))
    except BaseException:
        worker.kill()
        raise
    return worker


async def before_it_wrote_anything(toy: Toy, logs: Path) -> None:
    """Nothing of it is in the log, so the new owner does not wait; it is refused, and goes on with lanes read anew."""
    old = await frozen(toy, logs / "refused-old", "begun", **PATIENT)
    new = toy_worker(logs / "refused-new", toy.settings(**PATIENT))
    try:
        await new.until(lambda: new.events("committed"))
        old.send(signal.SIGCONT)
        await old.until(lambda: old.events("refused"))
        await until_done(toy, old, new)
        codes = [worker.terminate()[0] for worker in (old, new)]
    finally:
        end_all([old, new])
    assert codes == [0, 0]
    assert await toy.compare() == RIGHT


async def after_the_group_agreed(toy: Toy, logs: Path) -> None:
    """It may commit, and the new owner has waited for that."""
    old = await frozen(toy, logs / "agreed-old", "fenced", **PATIENT)
    new = toy_worker(logs / "agreed-new", toy.settings(**PATIENT))
    try:
        await new.until(lambda: any(len(event["lanes"]) == toy.partitions for event in new.events("assigned")))
        await asyncio.sleep(6)
        held = toy.partitions - len(new.events("opened"))
        old.send(signal.SIGCONT)
        await until_done(toy, old, new)
        codes = [worker.terminate()[0] for worker in (old, new)]
    finally:
        end_all([old, new])
    assert held, "lanes of an open transaction were opened"
    assert codes == [0, 0]
    assert await toy.compare() == RIGHT


async def until_its_lanes_were_taken(toy: Toy, logs: Path) -> None:
    """Its transaction was ended by the new owner of its lanes; it goes on under a new name."""
    settings = {**SLOW, "transaction_timeout_ms": 60_000}
    old = await frozen(toy, logs / "taken-old", "acknowledged", **settings)
    new = toy_worker(logs / "taken-new", toy.settings(**settings))
    try:
        # Lanes that are not in the frozen transaction are opened and committed long before.
        await new.until(lambda: new.events("fenced"))
        old.send(signal.SIGCONT)
        await old.until(lambda: old.events("refused"))
        await old.until(lambda: len(old.events("assigned")) > 1)
        await until_done(toy, old, new)
        codes = [worker.terminate()[0] for worker in (old, new)]
    finally:
        end_all([old, new])
    assert codes == [0, 0]
    assert await toy.compare() == RIGHT


async def while_another_took_its_name(toy: Toy, logs: Path) -> None:
    """It ends, and says why."""
    old = await frozen(toy, logs / "named-old", "fenced", instance="w0", **SLOW)
    new = toy_worker(logs / "named-new", toy.settings(instance="w0"))
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


async def for_longer_than_its_transaction_may_last(toy: Toy, logs: Path) -> None:
    """The new owner waits, and no longer than that: the broker ends the transaction."""
    settings = {**SLOW, "fence_grace_ms": 60_000, "transaction_timeout_ms": TRANSACTION_S * 1000}
    new = toy_worker(logs / "late-new", toy.settings(**settings), hook={"records_per_s": 500})
    old = None

    def waits() -> list[float]:
        return [event["waited"] for event in new.events("opened") if event["at"] > since]

    try:
        await new.until(lambda: new.events("committed"))
        old = await frozen(toy, logs / "late-old", "fenced", at=3, **settings)
        since = old.events("hook")[0]["at"]
        await new.until(lambda: len(waits()) == toy.partitions)
        old.send(signal.SIGCONT)
        await old.until(lambda: old.events("refused"))
        await until_done(toy, old, new)
        codes = [worker.terminate()[0] for worker in (old, new)]
    finally:
        end_all(filter(None, [old, new]))
    waited = max(waits())
    print(f"a new owner waited {waited:.1f} s for a transaction that may last {TRANSACTION_S} s")  # noqa: T201
    assert 1 < waited < TRANSACTION_S + ENDED_S
    assert not new.events("fenced")
    assert codes == [0, 0]
    assert await toy.compare() == RIGHT


async def test_a_frozen_worker_that_comes_back_changes_nothing(broker: EmbeddedBroker, tmp_path: Path) -> None:
    """All at once, because most of it is waiting for sessions to end."""
    stories = (
        before_it_wrote_anything,
        after_the_group_agreed,
        until_its_lanes_were_taken,
        while_another_took_its_name,
        for_longer_than_its_transaction_may_last,
    )
    async with asyncio.TaskGroup() as group:
        for story in stories:
            group.create_task(story(await new_toy(broker.address, 8000, 500), tmp_path))
