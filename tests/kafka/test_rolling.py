"""A rolling restart of workers with stable names, under load."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from agents.settings import Settings
from tests.kafka.nodes import Nodes
from tests.kafka.storm import storm
from tests.kafka.storm_plan import Plan

pytestmark = pytest.mark.kafka
SESSION_S = Settings().session_timeout_ms / 1000


async def test_a_rolling_restart_hands_lanes_over_by_name_and_never_by_a_timeout(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    del broker  # it has made the class archive, so that the storm's own one starts quickly
    with Nodes() as nodes:
        report = await storm(Plan(events=3000, rate=150, leads=400, workers=3, stable=True, rolls=1), nodes, tmp_path)
    assert report.equal, report
    assert report.rolled == 1
    assert 0 < report.longest_gap_s < SESSION_S, "a lane waited for the group to give up its owner"
