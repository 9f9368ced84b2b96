"""`bench` measures four systems that handle the same events with the same rules, and leadrelay's rows are right."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agents import console
from agents.agreement import load_terms
from agents.bench import places, run, sampler, turns
from agents.bench.events import made_up
from agents.bench.report import compared, tables
from agents.bench.run import SYSTEMS, Plan, faust_events
from agents.bench.stopwatch import Job, Stopwatch
from agents.broker import EmbeddedBroker
from agents.cli import app
from agents.verify import SAID, Verdict, verify
from schemas import topics
from streams.routing import lane_of
from tests.kafka.harness import ROOT, read_all

EVENTS, LANES = 3000, 4
MAIN = "from agents.cli import main; main()"


@pytest.fixture(scope="module")
def own_broker() -> Iterator[EmbeddedBroker]:
    """A broker without leadrelay's topics: those of the bench have the catalogue's names."""
    with EmbeddedBroker() as running:
        yield running


@pytest.fixture(scope="module")
def measured(own_broker: EmbeddedBroker) -> dict[str, dict[str, Any]]:
    done = _bench(own_broker.address, "--keep")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _bench(address: str, *options: str) -> subprocess.CompletedProcess[str]:
    asked = ["bench", "--events", str(EVENTS), "--lanes", str(LANES), "--broker", address, "--json", *options]
    return subprocess.run([sys.executable, "-c", MAIN, *asked], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.kafka
def test_each_system_handles_every_event_and_hands_the_same_leads_over(measured: dict[str, dict[str, Any]]) -> None:
    assert tuple(measured) == ("leadrelay", "faust", "aiokafka", "confluent")
    for found in measured.values():
        assert list(found)[:2] == ["events_per_s", "cpu_us_per_event"]
        assert found["events"] == EVENTS
        assert found["events_per_s"] > 0
        assert 0 < found["deciding_us_per_event"] < found["cpu_us_per_event"]
    assert len({found["handoffs"] for found in measured.values()}) == 1
    assert measured["leadrelay"]["handoffs"] > 0


@pytest.mark.kafka
@pytest.mark.usefixtures("measured")
async def test_what_leadrelay_wrote_is_what_a_pure_replay_gives(own_broker: EmbeddedBroker) -> None:
    names = {*SAID, topics.FACT.name, *(topic.name for topic in topics.INPUTS)}
    records = {name: await read_all(own_broker.address, name, LANES) for name in names}
    changelog = await read_all(own_broker.address, places.changelog("leadrelay"), LANES)
    verdict = verify(load_terms(), LANES, records, changelog, Verdict())
    assert verdict.equal, verdict.examples
    assert verdict.messages == EVENTS


@pytest.mark.kafka
@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("system", places.OTHERS)
async def test_the_others_end_with_the_same_rows(own_broker: EmbeddedBroker, system: str) -> None:
    rows = {}
    for name in ("leadrelay", system):
        found = await read_all(own_broker.address, places.changelog(name), LANES)
        rows[name] = {record.key: record.value for record in found if not record.key.startswith(b"\x00")}
    assert rows["leadrelay"] == rows[system]


@pytest.mark.kafka
def test_with_the_toy_each_system_hands_the_same_leads_over() -> None:
    asked = [sys.executable, "-c", MAIN, "bench", "--toy", "--json", "--events", "2000", "--lanes", str(LANES)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert tuple(found) == SYSTEMS
    assert {each["events"] for each in found.values()} == {2000}
    assert len({each["handoffs"] for each in found.values()}) == 1
    assert found["leadrelay"]["handoffs"] > 0


@pytest.mark.kafka
def test_two_agreements_handle_every_event_by_turns(capsys: pytest.CaptureFixture[str]) -> None:
    other = ROOT / "deploy" / "agreements" / "software.toml"
    asked = [sys.executable, "-c", MAIN, "bench", "--events", "2000", "--lanes", str(LANES), "--beside", str(other)]
    done = subprocess.run([*asked, "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert tuple(found) == ("leadrelay", "beside")
    assert {each["events"] for each in found.values()} == {2000}
    assert found["leadrelay"]["handoffs"] != found["beside"]["handoffs"]
    assert {each["events_per_s"] for each in found.values()} == {None}
    console.print_tables(compared(found, ("ours", other.name)))
    ours, theirs = (line.split() for line in capsys.readouterr().out.splitlines()[3:5])
    assert ours[:2] == ["ours", "1.00"]
    assert theirs[0] == "software.toml"
    assert float(theirs[1]) == pytest.approx(float(theirs[2]) / float(ours[2]), abs=0.01)


@pytest.mark.parametrize("option", [("--toy",), ("--systems", "leadrelay")])
def test_agreements_are_compared_and_nothing_else(option: Sequence[str]) -> None:
    done = CliRunner().invoke(app, ["bench", "--beside", "other.toml", *option])
    assert done.exit_code == 2
    assert "neither --systems nor --toy" in " ".join(done.output.replace("│", " ").split())


def test_a_wrong_agreement_is_told_before_anything_starts(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "--beside", str(tmp_path / "absent.toml")])
    assert done.exit_code == 1
    assert "the agreement can't be read" in done.output


def test_agreements_with_groups_are_not_compared() -> None:
    products = ROOT / "deploy" / "agreements" / "products.toml"
    done = CliRunner().invoke(app, ["bench", "--beside", str(products)])
    assert done.exit_code == 2
    assert "without groups" in " ".join(done.output.replace("│", " ").split())


def test_no_process_is_left_when_the_bench_is_ended(tmp_path: Path) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    logs = [tmp_path / name for name in ("a", "b")]
    bench = f"""
from pathlib import Path
from agents.bench.turns import by_turns
by_turns([[{sys.executable!r}, "-c", {code!r}]] * 2, [Path(log) for log in {[*map(str, logs)]!r}], 60)
"""
    with subprocess.Popen([sys.executable, "-c", bench], cwd=ROOT) as process:
        while not all(log.exists() and log.read_text() for log in logs):
            time.sleep(0.05)
        process.terminate()
    assert process.returncode == 128 + signal.SIGTERM
    for log in logs:
        with pytest.raises(ProcessLookupError):
            os.kill(int(log.read_text()), 0)


def test_a_process_waits_while_another_has_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_S", 0.1)
    code = "import time\nwhile time.process_time() < 0.5: print(time.monotonic())"
    logs = [tmp_path / name for name in ("a", "b")]
    turns.by_turns([[sys.executable, "-c", code]] * 2, logs, 60)
    a, b = ([float(line) for line in log.read_text().splitlines()] for log in logs)
    switches = sum(one != other for (_, one), (_, other) in pairwise(sorted([(t, 0) for t in a] + [(t, 1) for t in b])))
    assert switches >= 4


def test_who_is_not_done_in_time_is_ended(tmp_path: Path) -> None:
    quick, slow = tmp_path / "quick", tmp_path / "slow"
    codes = ["print('done')", "import time; print('begun', flush=True); time.sleep(600)"]
    turns.by_turns([[sys.executable, "-c", code] for code in codes], [quick, slow], 3)
    assert quick.read_text() == "done\n"
    assert slow.read_text() == "begun\n\nnot done within 3 s"


def test_a_system_whose_package_is_absent_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(run.NEEDED, "confluent", "no_such_package")
    assert Plan(events=1).present == ["leadrelay", "faust", "aiokafka"]


@pytest.mark.kafka
@pytest.mark.usefixtures("measured")
def test_topics_in_use_are_left_alone(own_broker: EmbeddedBroker) -> None:
    done = _bench(own_broker.address)
    assert done.returncode == 1
    assert "topics that are in use" in done.stderr
    assert topics.ACTIVITY.name in done.stderr


def test_the_events_are_the_same_for_the_same_seed() -> None:
    assert list(made_up(50, 5, 1)) == list(made_up(50, 5, 1))
    assert list(made_up(50, 5, 1)) != list(made_up(50, 5, 2))
    assert {event.subject for event in made_up(200, 5, 1)} == {f"lead-{n:07}" for n in range(5)}


@pytest.mark.parametrize(("events", "handled"), [(3000, 3000), (200_000, 20_000), (1_000_000, 50_000)])
def test_faust_handles_a_part(events: int, handled: int) -> None:
    assert faust_events(events) == handled


def test_the_stopwatch_starts_when_the_system_is_warm(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    stopwatch = Stopwatch(Job(address="", lanes=1, events=1000, result=str(path), broker_pid=os.getpid()))
    time.sleep(0.05)
    stopwatch.reached(10)
    stopwatch.reached(11)
    sum(range(3_000_000))
    stopwatch.finish(1000, 7)
    found = json.loads(path.read_text())
    assert found["events"] == 1000
    assert found["handoffs"] == 7
    assert found["events_per_s"] == pytest.approx(990 / found["seconds"], rel=0.1)
    assert found["broker_cpu_us_per_event"] == pytest.approx(found["cpu_us_per_event"], abs=25e3 / 990 * 2)


def test_cpu_belongs_to_the_part_whose_function_runs() -> None:
    seen: Counter[str] = Counter()

    class Key(bytes):
        def __len__(self) -> int:
            seen[sampler.part_of(sys._getframe())] += 1
            return 0

    lane_of(Key(), 1)
    assert seen == {"rules": 1}
    assert sampler.part_of(sys._getframe()) == sampler.OTHER


def test_ratios_are_to_the_first_system() -> None:
    found = {"events_per_s": 100, "cpu_us_per_event": 10.0, "deciding_us_per_event": 5.0}
    found |= {"broker_cpu_us_per_event": None, "events": 1, "parts_us_per_event": {"rules": 5.0, "engine": 5.0}}
    slow = {**found, "events_per_s": 25, "cpu_us_per_event": 40.0, "parts_us_per_event": {"rules": 5.0, "faust": 35.0}}
    compared, parts = tables(dict(zip(SYSTEMS, (found, slow), strict=False)))
    assert [row[2:4] for row in compared.rows] == [("1.00", "1.00"), ("4.00", "0.25")]
    assert parts.rows == [("rules", "5.0", "5.0"), ("engine", "5.0", "-"), ("faust", "-", "35.0")]
