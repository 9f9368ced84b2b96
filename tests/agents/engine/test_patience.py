"""A refused worker does not wait for ever."""

import asyncio

import pytest

from agents.engine import patience as module
from agents.engine.patience import Patience
from agents.engine.watch import BrokerWatch
from agents.errors import LeadrelayError
from tests.agents.engine.fakes import Heard, shared


class Bench:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "TICK_S", 0.01)
        monkeypatch.setattr(module, "FLOOR_MS", 30)
        self.failed: list[BaseException] = []
        self.asked = 0
        ground, _ = shared(self.failed.append, session_timeout_ms=10)
        self.watch = BrokerWatch(ground.settings, Heard(), ground.kafka)
        self.patience = Patience(ground, self.watch)
        self.patience.rejoin = self.rejoin

    def rejoin(self) -> None:
        self.asked += 1

    async def end(self) -> None:
        assert self.patience._task is not None
        async with asyncio.timeout(5):
            await self.patience._task


async def test_it_asks_for_a_rebalance_and_then_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.patience.begin("ILLEGAL_GENERATION")
    assert bench.asked == 0
    await bench.end()
    assert bench.asked == module.ROUNDS
    assert isinstance(bench.failed[0], LeadrelayError)
    assert "ILLEGAL_GENERATION" in bench.failed[0].detail


async def test_a_rebalance_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.patience.begin("ILLEGAL_GENERATION", ask=True)
    bench.patience.end()
    await asyncio.sleep(0.2)
    assert (bench.asked, bench.failed) == (1, [])


async def test_time_without_a_broker_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.watch._away("no answer")
    bench.patience.begin("ILLEGAL_GENERATION")
    await asyncio.sleep(0.3)
    assert (bench.asked, bench.failed) == (0, [])
    bench.watch._back()
    await bench.end()
    assert len(bench.failed) == 1
