"""A storm over real workers changes nothing: every row, fact, event and counter is what the pure replay gives."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.storm import storm
from tests.kafka.storm_plan import Plan

pytestmark = pytest.mark.kafka


async def test_a_storm_of_kills_freezes_joins_and_leaves_changes_nothing(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    plan = Plan(events=60_000, workers=2, kills=4, freezes=1, joins=1, leaves=1)
    report = await storm(plan, empty_broker.address, tmp_path)
    assert report.verdict.equal, report
    assert report.verdict.messages == plan.events + report.letters
    assert report.kills >= plan.kills
    assert report.kills_in_transaction >= 1, "no kill hit an open transaction"
    assert (report.freezes, report.joins, report.leaves) == (1, 1, 1)
    assert report.unclean_leaves == 0
    assert report.letters > 0, "no reminder was among the messages"
