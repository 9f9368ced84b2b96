"""The broker goes away and comes back under load: nothing that was acknowledged is lost, and nobody needs help."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.disk import small_disk
from tests.kafka.nodes import Nodes
from tests.kafka.storm import storm
from tests.kafka.storm_plan import Plan

pytestmark = pytest.mark.kafka
ONE = ("ended", "killed", "frozen")
THREE = ("leader killed", "controller killed", "leader frozen")


@pytest.mark.parametrize(("count", "bounces"), [(1, ONE), (3, THREE)], ids=["one node", "three nodes"])
async def test_a_broker_that_is_bounced_under_load_costs_nothing_but_time(
    broker: EmbeddedBroker, tmp_path: Path, count: int, bounces: tuple[str, ...]
) -> None:
    del broker  # it has made the class archive, so that these start quickly
    plan = Plan(events=5000, rate=150, workers=2, bounces=1, frozen_s=8, nodes=count)
    with Nodes(count) as nodes:
        report = await storm(plan, nodes, tmp_path)
    assert report.equal, report
    assert report.bounces == Counter(bounces)
    assert not report.revived, "a worker with a random name outlives its broker"


async def test_a_full_disk_ends_the_broker_and_costs_nothing_once_it_is_enlarged(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    del broker
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(tmp_path / "disk"))
        except PermissionError as error:
            pytest.skip(str(error))
        nodes = stack.enter_context(Nodes(directory=disk.path))
        report = await storm(Plan(events=3000, rate=150, workers=2), nodes, tmp_path, disk)
    assert report.equal, report
    assert report.bounces == Counter(["disk full"])
    assert not report.revived
