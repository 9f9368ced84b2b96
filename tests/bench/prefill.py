"""Writes a table of many leads straight into the changelog, as if a worker had handled their events long ago."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import orjson
from confluent_kafka import Producer

from agents.agreement import load_terms
from agents.bench.events import made_up
from agents.bench.plain import Plain
from agents.engine.transaction import POSITION, position_row
from schemas import topics
from schemas.envelope import Envelope, binary_headers
from streams.record import Line
from tests.bench.generator import key_of
from tests.bench.stage import Stage

KINDS_OF_ROWS = 100
"""So many different rows, over and over; their keys differ."""
TOY_POINTS = 100
EACH, QUEUE, TIMEOUT_S = 10_000, 400_000, 60.0


def toy_rows() -> list[bytes]:
    """Points below the threshold of the toy, all equally often."""
    return [b"%d" % points for points in range(TOY_POINTS)]


def relay_rows(events: int) -> list[bytes]:
    """Rows of leads with so many events each, under the agreement that leadrelay brings."""
    return [_row(made_up(events, 1, seed)) for seed in range(KINDS_OF_ROWS)]


def _row(events: Iterator[Envelope]) -> bytes:
    plain, row = Plain("prefill", load_terms()), b""
    for offset, event in enumerate(events):
        value, headers = orjson.dumps(event.data), binary_headers(event)
        line = Line(topics.ACTIVITY.name, 0, offset, event.at, event.subject.encode(), value, headers)
        decided = plain.decide(line, row or None)
        row = decided.row if decided else row
    return row


class Prefill:
    """Writes rows and position rows to one changelog."""

    def __init__(self, address: str, changelog: str, lanes: int, *, transactional: bool = False) -> None:
        self._changelog, self._lanes, self._transactional = changelog, lanes, transactional
        self._producer = Producer(
            {
                "bootstrap.servers": address,
                "partitioner": "murmur2",
                "linger.ms": 50,
                "batch.size": 1_000_000,
                "queue.buffering.max.messages": QUEUE + EACH,
                **({"transactional.id": "prefill"} if transactional else {}),
            }
        )
        if transactional:
            self._producer.init_transactions(TIMEOUT_S)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written within is one transaction."""
        self._producer.begin_transaction()
        yield
        self._producer.commit_transaction(TIMEOUT_S)

    def rows(self, leads: Iterable[int], row_of: Callable[[int], bytes]) -> None:
        """Write the rows of these leads, and see them in the log unless a transaction will."""
        for number, lead in enumerate(leads):
            self._producer.produce(self._changelog, row_of(lead), key_of(lead))
            if number % EACH == 0:
                while len(self._producer) > QUEUE:
                    self._producer.poll(0.05)
        if not self._transactional:
            self._flush()

    def positions(self, at: Mapping[str, int] | None = None) -> None:
        """Write a position row to each lane: reading goes on at these offsets, or at the beginning."""
        for lane in range(self._lanes):
            known = {topic.name: (at or {}).get(topic.name, 0) for topic in topics.INPUTS}
            taken: Any = SimpleNamespace(positions=known)
            self._producer.produce(self._changelog, position_row(taken, "prefill"), POSITION, partition=lane)
        self._flush()

    def _flush(self) -> None:
        assert self._producer.flush(TIMEOUT_S) == 0


def prefill(made: Stage, app_id: str, leads: int, rows: list[bytes], *, foreign: bool = False) -> int:
    """Write the table of an application; returns the bytes of its rows. A foreign one gets no positions."""
    filling = Prefill(made.address, topics.changelog(app_id).name, made.lanes)
    filling.rows(range(leads), lambda lead: rows[lead % len(rows)])
    if not foreign:
        filling.positions()
    return sum(len(rows[lead % len(rows)]) for lead in range(leads))
