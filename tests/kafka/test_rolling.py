"""A rolling restart of workers with stable names, under load."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.nodes import Nodes
from tests.kafka.storm import storm
from tests.kafka.storm_plan import Plan

pytestmark = pytest.mark.kafka


async def test_no_lane_is_without_an_owner_for_long_in_a_rolling_restart(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    del broker  # it has made the class archive, so that the storm's own one starts quickly
    with Nodes() as nodes:
        report = await storm(Plan(events=3000, rate=150, leads=400, workers=3, stable=True, rolls=1), nodes, tmp_path)
    assert report.equal, report
    assert report.rolled == 1
    assert 0 < report.longest_gap_s < 3
