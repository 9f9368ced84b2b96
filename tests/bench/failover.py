"""How long the lanes of a killed worker are without an owner, step by step, while events keep coming.

    python -m tests.bench.failover --leads 100000 --rounds 3

Two workers share the lanes; one gets SIGKILL. Outside, a `read_committed` reader of the journal notes when each of its
lanes says something again. Inside, the other worker notes each step.
"""

import argparse
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from agents import console
from agents.settings import Settings
from schemas import topics
from streams.report import Table
from tests.bench.generator import Load
from tests.bench.prefill import prefill, relay_rows, toy_rows
from tests.bench.stage import APP_ID, Program, Stage, stage

LANES = 12
EVENTS_BEFORE = 5
SETTLE_S, SEND_S, BOUND_S = 4.0, 40.0, 60.0
STEPS = ("noticed_s", "rebalance_s", "waiting_s", "restore_s", "first_commit_s")


class Journal:
    """Reads the journal in a thread, and knows when each lane has said something."""

    def __init__(self, address: str) -> None:
        self.came: dict[int, list[float]] = {lane: [] for lane in range(LANES)}
        self._over = threading.Event()
        self._consumer = Consumer(
            {"bootstrap.servers": address, "group.id": "journal", "enable.auto.commit": False}
            | {"isolation.level": "read_committed", "auto.offset.reset": "earliest"}
        )
        self._consumer.assign([TopicPartition(topics.FACT.name, lane) for lane in range(LANES)])
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._over.is_set():
            message = self._consumer.poll(0.1)
            if message is not None and message.error() is None:
                self.came[message.partition()].append(time.time())

    def after(self, moment: float, lanes: Sequence[int]) -> list[float] | None:
        """When each of these lanes said something for the first time after this moment; None while one is silent."""
        first = [next((at for at in self.came[lane] if at > moment), None) for lane in lanes]
        return [at for at in first if at] if all(first) else None

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        self._consumer.close()


def measure(made: Stage, leads: int, rate: float, *, toy: bool) -> dict[str, Any]:
    """Kill one of two workers, once."""
    workers = [made.started(toy=toy, lanes=LANES // 2) for _ in range(2)]
    for worker in workers:
        worker.hear()
    load = Load(address=made.address, leads=leads, rate=rate, seconds=SEND_S, first=round(time.time()))
    made.generator(load)
    time.sleep(SETTLE_S)
    owned = [_owned(worker) for worker in workers]
    assert all(owned), owned
    victim, other, lanes = workers[0], workers[1], owned[0]
    journal = Journal(made.address)
    time.sleep(1)
    killed_at = time.time()
    victim.process.kill()
    victim.process.wait()
    said = _until_all_speak(journal, killed_at + 0.5, lanes)  # what was committed just before may still be on its way
    journal.end()
    story = other.ask("look")["timeline"]
    other.end()
    return {"lanes": len(lanes), "back_s": round(max(said) - killed_at, 2), **_steps(story, killed_at, max(said))}


def _owned(worker: Program) -> list[int]:
    """The lanes that the group gave it last."""
    assigned = [event["given"][0] for event in worker.ask("look")["timeline"] if event["what"] == "assigned"]
    return list(assigned[-1])


def _until_all_speak(journal: Journal, moment: float, lanes: Sequence[int]) -> list[float]:
    limit = time.time() + BOUND_S
    while (said := journal.after(moment, lanes)) is None:
        assert time.time() < limit, f"no word of lanes {lanes}"
        time.sleep(0.05)
    return said


def _steps(story: Sequence[Mapping[str, Any]], killed_at: float, back_at: float) -> dict[str, float]:
    """The other worker's steps after the kill, in seconds; together they are the whole."""
    since = [event for event in story if event["at"] > killed_at]
    revoked = next(event["at"] for event in since if event["what"] == "revoked")
    assigned = next(event["at"] for event in since if event["what"] == "assigned" and event["at"] >= revoked)
    opened = [event for event in since if event["what"] == "opened" and event["at"] >= assigned]
    open_at, waited = max(event["at"] for event in opened), max(event["given"][3] for event in opened)
    times = (revoked - killed_at, assigned - revoked, waited, open_at - assigned - waited, back_at - open_at)
    found = {name: round(seconds, 2) for name, seconds in zip(STEPS, times, strict=True)}
    return {**found, "fenced": sum(event["what"] == "fenced" for event in since)}


def run(leads: int, rate: float, rounds: int, *, toy: bool) -> list[dict[str, Any]]:
    """Several kills, on one table."""
    with stage(LANES) as made:
        prefill(made, APP_ID, leads, toy_rows() if toy else relay_rows(EVENTS_BEFORE))
        return [measure(made, leads, rate, toy=toy) for _ in range(rounds)]


def tables(results: Sequence[Mapping[str, Any]]) -> list[Table]:
    """One row a kill."""
    session_s = Settings.model_fields["session_timeout_ms"].default / 1000
    columns = ("lanes", f"back after s (session {session_s:g} + 5)", "other worker hears of it", "rebalance")
    columns += ("open transaction", "reading tables", "first commit", "transactions ended early")
    rows = [
        (each["lanes"], str(each["back_s"]), *(str(each[name]) for name in STEPS), each["fenced"]) for each in results
    ]
    return [Table("A worker is killed: seconds", columns, rows)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.failover", description=__doc__)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--toy", action="store_true", help="the engine with a score that costs nothing")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = run(asked.leads, asked.rate, asked.rounds, toy=asked.toy)
    console.write_json(*found) if asked.json else console.print_tables(tables(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
