"""A worker that stops or dies at a named point of its work: the others take over, and nothing is lost or doubled."""

from collections import Counter
from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.armed import POINTS
from tests.kafka.nodes import Nodes
from tests.kafka.storm import storm
from tests.kafka.storm_plan import Plan

pytestmark = pytest.mark.kafka


async def test_a_worker_that_stops_or_dies_at_any_point_changes_nothing(broker: EmbeddedBroker, tmp_path: Path) -> None:
    del broker
    with Nodes() as nodes:
        report = await storm(Plan(events=4000, rate=100, workers=2, failpoints=1), nodes, tmp_path)
    assert report.equal, report
    assert report.failpoints == Counter(f"{point} {act}" for point in POINTS for act in ("stop", "die"))
