"""A version of the agreement that is published while workers work: they follow it, without a restart and after one."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from agents.broker import EmbeddedBroker
from agents.cli import app
from schemas.topics import ACTIVITY, HANDOFF
from tests.kafka.cluster import Cluster, cluster
from tests.kafka.history import Sent
from tests.streams.given import Event, boss, page

pytestmark = pytest.mark.kafka
SOON = timedelta(minutes=3)
"""Enough to publish a version before it begins, and little enough for its messages not to wait until then."""
DEFAULT = (files("schemas") / "agreement.toml").read_text("utf-8")
NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(hours=2)


def version(folder: Path, number: int, begins: datetime, score: int) -> Path:
    """The default agreement as a version of another number, beginning and score."""
    text = re.sub(r"(?m)^number = 1", f"number = {number}", DEFAULT)
    text = re.sub(r"(?m)^effective_from = \S+", f"effective_from = {begins:%Y-%m-%dT%H:%M:%SZ}", text)
    file = folder / f"{number}.toml"
    file.write_text(text.replace("score = 60 ", f"score = {score} "), "utf-8")
    return file


async def said(relay: Cluster, *arguments: str | Path) -> Any:
    """What a command says."""
    words = [*map(str, arguments), "--broker", relay.address]
    return await asyncio.to_thread(CliRunner().invoke, app, ["agreement", *words])


async def send(relay: Cluster, *events: Event) -> None:
    await relay.send([Sent(ACTIVITY.name, event.lead.encode(), event.value(), []) for event in events])


def at(when: datetime) -> int:
    return round(when.timestamp() * 1000)


async def handed(relay: Cluster) -> list[tuple[str, int, str]]:
    packets = [orjson.loads(record.value) for record in await relay.read(HANDOFF)]
    return sorted((packet["lead"], packet["agreement"], packet["why"]) for packet in packets)


async def test_workers_follow_a_version_without_a_restart_and_know_it_after_one(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    soon = datetime.now(UTC).replace(microsecond=0) + SOON
    file = version(tmp_path, 2, soon, 46)
    async with cluster(empty_broker.address, tmp_path) as relay:
        worker = relay.start(LEADRELAY_CLOCK="off")
        await send(relay, *(boss(at(NOW), lead=lead) for lead in ("ada", "bob", "cy")))
        await relay.until_handled(3)
        done = await said(relay, "publish", file, "--yes")
        assert done.exit_code == 0, done.output
        assert f"Agreement 2 is published to {relay.lanes} lanes." in done.output
        await relay.until_handled(3 + relay.lanes)
        await send(relay, page(at(soon) - 1, lead="ada"), page(at(soon), lead="bob"))
        await relay.until_handled(5 + relay.lanes)
        assert worker.terminate()[0] == 0
        relay.start(LEADRELAY_CLOCK="off")
        await send(relay, page(at(soon) + 1000, lead="cy"))
        await relay.until_handled(6 + relay.lanes)
        assert relay.workers[-1].terminate()[0] == 0
        explained = await asyncio.to_thread(CliRunner().invoke, app, ["lead", "ada", "--broker", relay.address])
        judged = await asyncio.to_thread(CliRunner().invoke, app, ["lead", "bob", "--broker", relay.address])
        found, verdict = await handed(relay), await relay.verdict()
    why = "Score 46 (fit 45 + interest 1); 46 are needed."
    assert found == [("bob", 2, why), ("cy", 2, why)]
    assert verdict.equal, verdict
    assert "A handoff by score needs 60" in " ".join(explained.output.split())
    assert "A handoff by score needs 46" in " ".join(judged.output.split())


async def test_what_may_not_be_published_is_refused_with_its_reason(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    async with cluster(empty_broker.address, tmp_path) as relay:
        shown = await said(relay, "show", "--json")
        assert orjson.loads(shown.stdout)["published"] == []
        for number, begins, wrong in (
            (1, LATER, "agreement 1 is there already"),
            (2, NOW, "that is past, or in less than 60 s"),
        ):
            refused = await said(relay, "publish", version(tmp_path, number, begins, 50), "--yes")
            assert refused.exit_code == 1
            assert wrong in " ".join(refused.output.split())
        third = version(tmp_path, 3, LATER, 50)
        text, published = third.read_text("utf-8"), await said(relay, "publish", third, "--yes")
        assert published.exit_code == 0, published.output
        for number, begins, wrong in (
            (3, LATER + timedelta(hours=1), "what is published does not change"),
            (2, LATER + timedelta(hours=1), "agreement 3 is there already"),
            (4, LATER, "it would begin no later than agreement 3"),
        ):
            refused = await said(relay, "publish", version(tmp_path, number, begins, 50), "--yes")
            assert wrong in " ".join(refused.output.split())
        assert (await said(relay, "publish", version(tmp_path, 5, LATER + timedelta(days=1), 50))).exit_code == 1
        now, then = await said(relay, "show"), await said(relay, "show", "--at", f"{LATER:%Y-%m-%dT%H:%M:%SZ}")
        assert now.stdout == DEFAULT
        assert then.stdout == text
        assert "--at is no time" in (await said(relay, "show", "--at", "noon")).output
