"""A worker that is slower than its input holds it back, and nothing else happens."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.pressure import pressure

pytestmark = pytest.mark.kafka


async def test_a_backlog_before_a_slow_fold_costs_time_and_nothing_else(broker: EmbeddedBroker, tmp_path: Path) -> None:
    seen = await pressure(broker.address, tmp_path, 100_000, 50)
    assert seen.equal, seen
