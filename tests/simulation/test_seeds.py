"""The engine is exact in thousands of simulated worlds, and the same seed is the same world."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.run import Summary

ROOT = Path(__file__).parents[2]
SEEDS = 2000
HAPPENED = (
    "killed",
    "frozen",
    "opened after a wait",
    "fenced a dead owner",
    "revoked inside a transaction",
    "refused ILLEGAL_GENERATION",
    "refused UNKNOWN_MEMBER_ID",
    "refused FENCED_INSTANCE_ID",
    "refused ProducerFenced",
    "read again",
    "skipped what retention took",
    "fetch out of range",
    "fetch session unknown",
    "heartbeat RebalanceInProgressError",
    "end_transaction InvalidProducerEpoch",
    "init_producer ConcurrentTransactions",
    "add_partitions ConcurrentTransactions",
)


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.timeout(900)
def test_nothing_is_lost_or_doubled_and_everything_goes_on_in_2000_worlds() -> None:
    done = simulate("--seeds", str(SEEDS), "--jobs", "2", "--json")
    summary = Summary.of(json.loads(done.stdout))
    assert [str(failure) for failure in summary.failures] == []
    assert summary.seeds == SEEDS
    assert [what for what in HAPPENED if not summary.seen[what]] == [], "these never happened"


def test_a_seed_is_the_same_world_each_time() -> None:
    first, second = simulate("--seed", "11", "--trace"), simulate("--seed", "11", "--trace")
    assert first.stdout.splitlines()[:-2] == second.stdout.splitlines()[:-2]  # then come seconds of CPU
    assert len(first.stdout.splitlines()) > 100


def test_a_failing_seed_shows_how_it_came_to_that_and_how_to_see_more() -> None:
    done = simulate("--seed", "0", "--plant", "no_wait_for_open_transactions")
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0].startswith("seed 0: lane ")
    assert 10 < len(lines) < 50
    assert "replay: python -m tests.simulation --seed 0 --trace --plant no_wait_for_open_transactions" in lines
