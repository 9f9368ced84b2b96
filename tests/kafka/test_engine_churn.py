"""Workers that come and go in the middle of the work."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.harness import WorkerProcess, end_all, toy_worker
from tests.kafka.toy_check import RIGHT, new_toy, until_done

pytestmark = pytest.mark.kafka


async def test_workers_that_join_and_leave_lose_and_double_nothing(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = await new_toy(broker.address, 3000, 1000)
    settings = toy.settings(uncommitted_max=400, read_max=200)
    workers: list[WorkerProcess] = []

    async def join() -> WorkerProcess:
        worker = toy_worker(tmp_path / str(len(workers)), settings, hook={"records_per_s": 2000})
        workers.append(worker)
        await worker.until(lambda: worker.events("opened"))
        await toy.feed(3000, 1000, seed=len(workers))
        await worker.until(lambda: worker.events("committed"))
        return worker

    try:
        first, second = await join(), await join()
        assert first.terminate()[0] == 0
        third = await join()
        code, _ = second.terminate()
        await until_done(toy, third)
        third.terminate()
    finally:
        end_all(workers)
    assert code == 0
    assert all(len(worker.events("revoked")) > 1 for worker in (first, second)), "each lost lanes to another, and left"
    assert await toy.compare() == RIGHT
