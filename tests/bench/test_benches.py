"""Each bench runs, in small, against a real broker, and counts what it should; how fast is for the commands to say."""

import json
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from schemas.sense import findings
from tests.bench import generator, receiver, streams
from tests.bench.many import agreement_of
from tests.bench.picture import Panel, drawn
from tests.kafka.harness import ROOT

pytestmark = pytest.mark.usefixtures("broker")  # it has made the class archive, so that theirs start quickly


def bench(name: str, *options: str) -> list[dict[str, Any]]:
    """Run a bench to its end; its lines of JSON."""
    command = [sys.executable, "-m", f"tests.bench.{name}", "--json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.kafka
def test_a_quiet_pipeline_is_measured_and_sampled() -> None:
    [found] = bench("quiet", "--rate", "200", "--seconds", "2", "--profile")
    assert found["events"] > 100
    assert found["commits_per_s"] > 0
    assert found["requests"]["End"] > 0
    assert found["profile"]["samples"] > 0


@pytest.mark.kafka
def test_every_handoff_is_timed_with_and_without_a_worker() -> None:
    control, ours = bench(
        "latency", "--rate", "100", "--seconds", "2", "--warm", "1", "--leads", "1000", "--lanes", "4"
    )
    assert control["sent"] == ours["sent"] == 300
    assert control["count"] == 200
    assert 0 < ours["count"] < 200
    assert ours["p50_ms"] <= ours["p99_ms"] <= ours["max_ms"]
    assert ours["failed"] == 0


@pytest.mark.kafka
def test_a_table_is_read_back_whole() -> None:
    [found] = bench("restore", "--leads", "2000", "--events", "1", "--lanes", "4")
    assert [table["records"] for table in found["tables"]] == [
        204,
        2208,
        4212,
    ]  # rows, and a position for each of 4 lanes


@pytest.mark.kafka
def test_growth_is_measured_and_drawn(tmp_path: Any) -> None:
    picture, some = tmp_path / "growth.svg", ("--what", "leads", "--leads", "500", "--events-each", "300")
    [found] = bench("growth", *some, "--picture", str(picture))
    assert [each["events"] for each in found["leads"]] == [300]
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314  our own


@pytest.mark.kafka
def test_a_changelog_is_looked_at_while_it_changes() -> None:
    looks = bench("compaction", "--leads", "500", "--updates", "5000")
    assert looks[0]["records"] == 500
    assert looks[-1]["updates"] == 5000
    assert looks[-1]["records"] >= 500


@pytest.mark.kafka
def test_a_killed_worker_has_an_heir() -> None:
    [found] = bench("failover", "--leads", "200", "--rate", "100", "--toy")
    assert found["lanes"] == 6
    assert found["back_s"] > 0


@pytest.mark.kafka
def test_two_workers_share_a_backlog() -> None:
    one, two = bench("two", "--events", "60000", "--toy")
    assert (len(one["worker_percent"]), len(two["worker_percent"])) == (1, 2)
    assert min(one["events"], two["events"]) > 0


@pytest.mark.kafka
def test_a_bench_that_has_nothing_left_to_time_says_so() -> None:
    command = [sys.executable, "-m", "tests.bench.two", "--json", "--events", "100", "--toy"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("ask for more of them with --events")


def test_few_rules_are_compared_with_many() -> None:
    [found] = bench("rules", "--events", "300", "--leads", "30", "--rounds", "1")
    assert list(found["us"]) == ["default", "software", "40", "400"]
    assert min(found["us"].values()) > 0
    assert list(found["ratios"]) == ["software by default", "400 by 40"]


@pytest.mark.parametrize("rules", [40, 400])
def test_an_agreement_of_many_rules_makes_sense(rules: int) -> None:
    made = agreement_of(rules)
    assert len(made.fit.rules) + len(made.interest.rules) == rules
    assert list(findings(made)) == []


def test_the_reader_finds_the_event_of_a_lead() -> None:
    leads = 1000
    assert sorted(generator.lead_of(number, leads) for number in range(leads)) == list(range(leads))
    for number in (0, 1, 999):
        assert receiver.event_of(generator.lead_of(number, leads), leads) == number


def test_percentiles_are_of_what_was_measured() -> None:
    assert receiver.shares([]) == {"count": 0}
    found = receiver.shares([number / 1000 for number in range(1, 1001)])
    assert found == {"count": 1000, "p50_ms": 501.0, "p99_ms": 991.0, "p99.9_ms": 1000.0, "max_ms": 1000.0}


def test_a_picture_has_a_point_for_each_measurement() -> None:
    picture = drawn("CPU", [Panel("leads", [(10, 1.0), (100, 2.0)]), Panel("lanes", [(1, 3.0)])])
    root = ET.fromstring(picture)  # noqa: S314  our own
    assert sum(each.tag.endswith("circle") for each in root) == 3


def test_without_a_compiler_there_is_no_kafka_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "no javac" in streams.missing()
