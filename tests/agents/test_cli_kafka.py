"""The commands that talk to Kafka, against a real one that holds what a worker wrote."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from agents.agreement import load_terms
from agents.broker import EmbeddedBroker
from agents.cli import app
from agents.parcels import Parcel
from agents.reading import read_topic
from agents.sending import sender
from schemas.topics import ACTIVITY, DEADLETTER, FACT, TOPICS, changelog
from streams.record import Line
from streams.relay import Relay
from streams.report import lead_object
from streams.routing import lane_of
from tests.streams.given import MONDAY, Event, boss, content, demo, page, returned

pytestmark = pytest.mark.kafka
LANES = 12


def run(broker: EmbeddedBroker, *arguments: str, text: str | None = None) -> Any:
    return CliRunner().invoke(app, [*arguments, "--broker", broker.address], input=text)


def lines(result: Any) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def written(broker: EmbeddedBroker, lead: str, *records: tuple[bytes | None, bytes | None]) -> Relay:
    """What a worker makes of these keys and values and writes, all of it; the lead's lane as it is then."""
    lane = lane_of(lead.encode(), LANES)
    relay = Relay(lane, LANES, load_terms())
    for offset, (key, value) in enumerate(records):
        relay.take(Line(ACTIVITY.name, lane, offset, MONDAY, key, value, [("traceparent", b"00-1")]))
    harvest = relay.harvest()
    outputs = [Parcel(*output) for output in harvest.outputs]
    rows = [Parcel(changelog("leadrelay").name, key, value, ()) for key, value in harvest.rows]

    async def write() -> None:
        async with sender([broker.address]) as to:
            await to.expect(changelog("leadrelay").name, *(topic.name for topic in TOPICS))
            for parcel in (*rows, *outputs):
                await to.put(parcel, lane)
            await to.settle()

    asyncio.run(write())
    return relay


def of(lead: str, *events: Event) -> Iterable[tuple[bytes | None, bytes | None]]:
    for number, event in enumerate(events):
        told = Event(event.kind, event.data, MONDAY + number * 1000, lead)
        yield lead.encode(), told.value()


def records(broker: EmbeddedBroker, topic: str) -> list[Any]:
    async def read() -> list[Any]:
        return [record async for record in read_topic([broker.address], topic)]

    return asyncio.run(read())


def test_topics_are_made_once_and_checked(broker: EmbeddedBroker) -> None:
    missing = run(broker, "topics", "check", "--app-id", "cli", "--json")
    assert missing.exit_code == 1
    assert {each["kind"] for each in orjson.loads(missing.stdout)} == {"missing"}
    assert "no such topic" in run(broker, "topics", "check", "--app-id", "cli").stdout
    made = run(broker, "topics", "create", "--app-id", "cli")
    assert "cli-leads-changelog" in made.stdout
    assert lines(run(broker, "topics", "create", "--app-id", "cli", "--json")) == [{"created": []}]
    assert "All topics exist" in run(broker, "topics", "create", "--app-id", "cli").stdout
    right = run(broker, "topics", "check", "--app-id", "cli")
    assert (right.exit_code, right.stdout) == (0, "All topics are as they should be.\n")


def test_a_file_is_fed(relay_broker: EmbeddedBroker, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    values = [value for _, value in of("fay", page(), demo(), returned())]
    file.write_bytes(b"\n".join([*map(bytes, values), b"", b"wrong"]))
    told = run(relay_broker, "feed", str(file))
    assert told.exit_code == 0
    assert "; 3 to leads.activity.v1; 1 to leads.feedback.v1" in told.stdout
    assert told.stderr.splitlines()[0] == "1 events will be refused and become dead letters"
    assert told.stderr.splitlines()[1].startswith("  line 5: not_json")
    (summary,) = lines(run(relay_broker, "feed", str(file), "--json"))
    assert (summary["read"], summary["sent"], summary["refusable"], summary["unsent"]) == (4, 4, 1, 0)
    assert summary["topics"] == {"leads.activity.v1": 3, "leads.feedback.v1": 1}
    assert summary["problems"][0]["number"] == 5
    fed = [record for record in records(relay_broker, ACTIVITY.name) if record.key == b"fay"]
    assert [dict(record.headers)["ce_type"] for record in fed] == [
        *(b"leadrelay.activity.page_viewed.v1", b"leadrelay.activity.conversion_made.v1"),
        *(b"leadrelay.activity.page_viewed.v1", b"leadrelay.activity.conversion_made.v1"),
    ]


def test_an_event_that_is_too_long_is_told_by_the_exit_code(relay_broker: EmbeddedBroker, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"x" * 2_000_000)
    told = run(relay_broker, "feed", str(file))
    assert told.exit_code == 1
    assert "line 1: not_sent: 2,000,040 bytes are too many for Kafka" in told.stderr


def test_ctrl_c_says_how_far_the_feed_came(relay_broker: EmbeddedBroker) -> None:
    command = [sys.executable, "-m", "agents", "feed", "-", "--broker", relay_broker.address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as it:
        assert it.stdin
        assert it.stderr
        it.stdin.writelines(value + b"\n" for _, value in of("gil", *[page()] * 50) if value)
        it.stdin.flush()
        while not any(record.key == b"gil" for record in records(relay_broker, ACTIVITY.name)):
            assert it.poll() is None
        it.send_signal(signal.SIGINT)
        assert it.wait(60) == 130
        assert it.stderr.read().startswith(b"stopped: 50 events were read, 50 are in Kafka")


def test_a_lead_is_explained_from_its_row(relay_broker: EmbeddedBroker) -> None:
    relay = written(relay_broker, "lea", *of("lea", page(), boss(), content(), demo()))
    (found,) = lines(run(relay_broker, "lead", "lea", "--json"))
    assert found == orjson.loads(orjson.dumps(lead_object(relay.lead(b"lea"), relay.terms)))
    told = run(relay_broker, "lead", "lea").stdout
    assert told.startswith("lea is at stage mql; first seen 2026-11-02T09:00:00.000Z")
    assert "With sales (handoff 1)" in told
    assert "decision maker" in told
    assert "Asked for" not in told
    journal = run(relay_broker, "lead", "lea", "--journal").stdout
    assert "Asked for a demo." in journal
    (found,) = lines(run(relay_broker, "lead", "lea", "--journal", "--json"))
    assert [fact["fact"] for fact in found["journal"]].count("acted") == 4


def test_the_last_row_of_a_lead_wins(relay_broker: EmbeddedBroker) -> None:
    written(relay_broker, "mia", *of("mia", page()))
    written(relay_broker, "mia", *of("mia", page(), demo()))
    (found,) = lines(run(relay_broker, "lead", "mia", "--json"))
    assert found["stage"] == "mql"


def test_a_lead_that_is_unknown_is_told_clearly(relay_broker: EmbeddedBroker) -> None:
    told = run(relay_broker, "lead", "nobody")
    assert told.exit_code == 1
    first, detail, remedy = told.stderr.splitlines()
    assert first == "error: there is no such lead"
    assert detail == "  leadrelay-leads-changelog has no row for 'nobody'"
    assert "leadrelay deadletter list" in remedy
    assert "a topic is missing" in run(relay_broker, "lead", "nobody", "--app-id", "other").stderr


NO_JSON, NO_UTF8 = (b"ned", b"no json \x00" * 20), (b"ned", b"\xff\xfe")
NO_VALUE: tuple[bytes, None] = (b"ned", None)


def test_dead_letters_are_listed_and_sent_back_once(relay_broker: EmbeddedBroker) -> None:
    written(relay_broker, "ned", NO_JSON, *of("ned", page()), NO_UTF8, NO_VALUE)
    written(relay_broker, "ned", NO_JSON)  # sent back before, and refused again
    listed = lines(run(relay_broker, "deadletter", "list", "--json"))
    assert [(each["reason"], each["key"], each["value_bytes"]) for each in listed] == [
        *(("not_json", "ned", 180), ("not_json", "ned", 2), ("null_value", "ned", None), ("not_json", "ned", 180)),
    ]
    assert listed[1]["value"] == "\\xff\\xfe"
    assert listed[1]["topic"] == ACTIVITY.name
    assert listed[1]["offset"] == 2
    assert listed[1]["headers"] == {"traceparent": "00-1"}
    assert [each["deadletter"]["offset"] for each in listed] == [0, 1, 2, 3]
    assert lines(run(relay_broker, "deadletter", "list", "--limit", "1", "--json")) == listed[3:]
    assert lines(run(relay_broker, "deadletter", "list", "--reason", "null_value", "--json")) == listed[2:3]

    table = run(relay_broker, "deadletter", "list", "--limit", "3").stdout
    assert table.endswith("4 dead letters, the newest 3 are shown.\n")
    assert "(null)" in table

    before = len(records(relay_broker, ACTIVITY.name))
    dry = run(relay_broker, "deadletter", "replay", "--dry-run")
    assert "3 messages can go back: 2 not_json, 1 null_value" in dry.stdout
    assert "1 more are the same as one of these" in dry.stdout
    assert run(relay_broker, "deadletter", "replay", text="n\n").exit_code == 1
    assert len(records(relay_broker, ACTIVITY.name)) == before

    told = run(relay_broker, "deadletter", "replay", "--reason", "not_json", "--yes", "--json")
    assert lines(told) == [{"chosen": 2, "reasons": {"not_json": 2}, "doubles": 1, "sent": {ACTIVITY.name: 2}}]
    told = run(relay_broker, "deadletter", "replay", "--reason", "null_value", text="y\n")
    assert "Sent back: 1 to leads.activity.v1." in told.stdout
    back = records(relay_broker, ACTIVITY.name)
    lane = lane_of(b"ned", LANES)
    again = [(record.key, record.value) for record in back if record.partition == lane][-3:]
    assert again == [NO_JSON, NO_UTF8, NO_VALUE]
    assert {record.headers for record in back if record.key == b"ned"} == {(("traceparent", b"00-1"),)}


def test_what_is_no_dead_letter_of_ours_is_left_alone(relay_broker: EmbeddedBroker) -> None:
    foreign = Parcel(DEADLETTER.name, b"x", b"y", (("__connect.errors.topic", b"elsewhere"),))
    strange = (
        *(("__connect.errors.topic", FACT.name.encode()), ("__connect.errors.partition", b"0")),
        *(("__connect.errors.offset", b"0"), ("__connect.errors.exception.class.name", b"strange")),
        ("__connect.errors.exception.message", b"of a topic that no worker reads"),
    )

    async def write() -> None:
        async with sender([relay_broker.address]) as to:
            await to.expect(DEADLETTER.name)
            await to.put(foreign)
            await to.put(Parcel(DEADLETTER.name, b"x", b"y", strange))
            await to.settle()

    asyncio.run(write())
    assert "elsewhere" not in run(relay_broker, "deadletter", "list", "--json").stdout
    told = run(relay_broker, "deadletter", "replay", "--reason", "strange", "--json")
    assert lines(told) == [{"chosen": 0, "reasons": {}, "doubles": 0, "sent": {}}]
    assert "0 messages can go back." in run(relay_broker, "deadletter", "replay", "--reason", "strange").stdout
