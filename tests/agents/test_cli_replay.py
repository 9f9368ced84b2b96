"""A history replayed by one command: what would be published, why, and what becomes of the leads."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from agents import replaying
from agents.agreement import load_terms
from agents.cli import app
from agents.replaying import Replaying
from streams.replay import Replay
from tests.streams.given import HOUR, MONDAY, Event, attempt, boss, content, demo, event, page, returned

BAD = (
    b'{"specversion":"1.0","id":"b","source":"urn:test","type":"nothing","subject":"ben","time":"2026-11-02T09:00:00Z"}'
)


def at(hours: float, *events: Event) -> list[bytes]:
    """The events as lines, a second apart, so many hours after the Monday's first one."""
    first = MONDAY + int(hours * HOUR)
    return [replace(each, at=first + 1000 * n).value() for n, each in enumerate(events)]


HISTORY = [
    *at(0, page(), boss(), content(), demo()),
    *at(1, page(lead="ben"), demo(lead="ben"), attempt(lead="ben")),
    *at(30, returned(lead="ben"), page(lead="cem")),
]


def replayed(tmp_path: Path, lines: list[bytes], *options: str) -> Any:
    file = tmp_path / "history.jsonl"
    file.write_bytes(b"\n".join(lines))
    return CliRunner().invoke(app, ["replay", str(file), *options])


def objects(result: Any) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def test_each_published_event_is_a_line(tmp_path: Path) -> None:
    events = objects(replayed(tmp_path, HISTORY))
    assert {each["specversion"] for each in events} == {"1.0"}
    handoffs = [each for each in events if each["type"] == "leadrelay.handoff.requested.v1"]
    assert [each["subject"] for each in handoffs] == ["ada", "ben"]
    assert handoffs[0]["data"]["conversion"] == "demo"
    assert len({each["id"] for each in events}) == len(events)
    assert events[-1]["type"] == "leadrelay.nurture.entered.v1"
    assert "due" not in {each["type"] for each in events}


def test_standard_input_is_read_as_a_file_is(tmp_path: Path) -> None:
    file = replayed(tmp_path, HISTORY)
    command = [sys.executable, "-m", "agents", "replay", "-"]
    piped = subprocess.run(command, input=b"\n".join(HISTORY), capture_output=True, check=True)
    assert piped.stdout.decode() == file.stdout


def test_facts_are_the_journal(tmp_path: Path) -> None:
    facts = objects(replayed(tmp_path, HISTORY, "--facts"))
    assert [fact["fact"] for fact in facts if fact["lead"] == "cem"] == ["arrived", "acted"]
    assert {fact["agreement"] for fact in facts} == {1}
    assert "deadline_ended" in {fact["fact"] for fact in facts}


def test_leads_are_told_as_they_are_at_the_end(tmp_path: Path) -> None:
    ada, ben, cem = objects(replayed(tmp_path, HISTORY, "--leads"))
    assert (ada["lead"], ada["stage"], ada["with_sales"]) == ("ada", "mql", True)
    assert (ben["lead"], ben["stage"], ben["with_sales"], ben["attempts"]) == ("ben", "lead", False, 1)
    assert cem["agreement"] == 1
    for lead in (ada, ben, cem):
        assert sum(entry["points"] for entry in lead["entries"]) == lead["score"] == lead["fit"] + lead["interest"]


def test_the_funnel_is_tables_for_people_and_an_object_for_programs(tmp_path: Path) -> None:
    (numbers,) = objects(replayed(tmp_path, HISTORY, "--funnel", "--json"))
    assert numbers["handoffs"] == {"conversion": 2}
    assert numbers["returns"] == {"not_ready": 1}
    assert list(numbers["stages"]["visitor"].values()) == [1, 3, 3, None, 1.0]
    told = replayed(tmp_path, HISTORY, "--funnel").stdout
    assert re.search(r"conversion +2 +100.0 %", told)
    assert "not_ready" in told


def test_deadlines_are_missed_up_to_the_end_and_not_after_it(tmp_path: Path) -> None:
    def missed(*options: str) -> list[str]:
        events = objects(replayed(tmp_path, HISTORY, *options))
        return [each["subject"] for each in events if each["type"] == "leadrelay.notice.given.v1"]

    # ada was handed over on Monday at 10:00 in Berlin, so sales had time until 10:00 on Tuesday; ben was called
    assert missed() == []
    assert missed("--until", "2026-11-03T09:00:00Z") == []
    assert missed("--until", "2026-11-03T10:00:00Z") == ["ada"]
    assert missed("--until", "2026-12-01") == ["ada"]
    assert missed("--until", "2026-11-02T09:00:00+01:00") == []


def test_another_agreement_decides_otherwise(tmp_path: Path) -> None:
    text = Path("schemas/agreement.toml").read_text("utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text.replace("number = 1 ", "number = 7 ").replace('conversions = ["demo", ', "conversions = ["))
    leads = objects(replayed(tmp_path, HISTORY, "--agreement", str(other), "--leads"))
    assert {lead["agreement"] for lead in leads} == {7}
    assert not any(lead["with_sales"] for lead in leads)


def test_refused_lines_are_told_with_their_numbers_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [HISTORY[0], b"", BAD, b"no json", *HISTORY[1:]]
    told = replayed(tmp_path, lines)
    assert told.exit_code == 0
    published = [(each["subject"], each["type"]) for each in objects(replayed(tmp_path, HISTORY))]
    assert [(each["subject"], each["type"]) for each in objects(replayed(tmp_path, lines))] == published
    assert told.stderr.splitlines() == [
        f"2 of {len(lines)} lines were refused: 1 unknown_type, 1 not_json",
        "  line 3: unknown_type: 'nothing' is not carried by leads.activity.v1",
        "  line 4: not_json: invalid literal, expected 'null': line 1 column 1 (char 0)",
    ]
    assert replayed(tmp_path, lines, "--strict").exit_code == 1
    assert replayed(tmp_path, HISTORY, "--strict").exit_code == 0


def test_only_the_first_refused_lines_are_shown(tmp_path: Path) -> None:
    told = replayed(tmp_path, [BAD] * 9, "--leads").stderr.splitlines()
    assert len(told) == 7
    assert told[-1] == "  and 4 more"


def test_one_kind_of_result_at_a_time(tmp_path: Path) -> None:
    told = replayed(tmp_path, HISTORY, "--facts", "--leads")
    assert told.exit_code == 2
    assert "choose one" in told.stderr


def test_packing_leads_on_the_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "LINES_BETWEEN", 7)
    monkeypatch.setattr(replaying, "DRAFTS_MAX", 1)
    lines = [line for n in range(40) for line in at(n, page(lead=f"lead-{n % 20}"), demo(lead=f"lead-{n % 20}"))]
    packing, plain = Replaying(load_terms()), Replay(load_terms())
    assert list(packing.outputs(lines)) == list(plain.feed(lines))
    assert sum(len(relay.drafts) for relay in packing.relays) < 20
    assert list(packing.leads()) == list(plain.leads())
    assert packing.counts() == plain.counts()


def test_a_feedback_that_may_not_be_is_refused_by_its_line(tmp_path: Path) -> None:
    told = replayed(tmp_path, [*HISTORY, *at(40, event("returned", lead="ada", reason="bored"))])
    assert f"line {len(HISTORY) + 1}: unknown_reason" in told.stderr
