"""A storm over real workers changes nothing: every row, fact, event and counter is what the pure replay gives."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.nodes import Nodes
from tests.kafka.storm import storm
from tests.kafka.storm_plan import Plan

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("stable", [False, True], ids=["random names", "stable names"])
async def test_a_storm_of_kills_freezes_joins_and_leaves_in_every_mix_changes_nothing(
    broker: EmbeddedBroker, tmp_path: Path, *, stable: bool
) -> None:
    del broker  # it has made the class archive, so that the storm's own one starts quickly
    with Nodes() as nodes:
        report = await storm(Plan(events=12_000, workers=3, kills=1, mixes=1, stable=stable), nodes, tmp_path)
    assert report.equal, report
    assert report.kills >= 3
    assert report.kills_in_transaction >= 1, "no kill hit an open transaction"
    assert (report.freezes, report.joins, report.leaves) == (3, 3, 3)
    assert report.letters > 0, "no reminder was among the messages"
    assert stable or not report.revived, "a worker with a random name needs no supervisor"
