"""An open-loop generator: events leave when they are due, however slow their reader is.

Run as a process: `python -m tests.bench.generator '{...}'`. It says when it begins, and what it sent.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass
from itertools import accumulate
from random import Random

import orjson
from confluent_kafka import Producer

from agents.bench.events import DEEDS, SOURCE
from schemas.codec import BY_CONTRACT
from schemas.envelope import rfc3339
from schemas.topics import ACTIVITY
from tests.bench.lines import say

TICK_S = 0.001
LEAD_S = 0.2
"""Between what it says and its first event."""
PRIME, SHIFT = 15_485_863, 7
"""Event number n is of lead (n * PRIME + SHIFT) modulo the number of leads: each once, then each once more."""

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to send: events from number `first` on, so many a second, of so many leads.

    Attributes:
        handoffs: The share of events that make the default agreement hand a lead over, when each lead is to have one
            event before any has two; None for the usual mixture, of leads by chance.
        linger_ms: How long an event may wait for company before it is sent.
    """

    address: str
    leads: int
    rate: float
    seconds: float
    first: int = 0
    topic: str = ACTIVITY.name
    handoffs: float | None = None
    linger_ms: float = 5


def lead_of(number: int, leads: int) -> int:
    """The lead of an event, when each is to have one before any has two."""
    return (number * PRIME + SHIFT) % leads


def event_of(lead: int, leads: int) -> int:
    """The first event of a lead."""
    return (lead - SHIFT) * pow(PRIME, -1, leads) % leads


def key_of(lead: int) -> bytes:
    """The key of a lead."""
    return b"lead-%07d" % lead


class Events:
    """Makes the value and the headers of an event, quickly."""

    def __init__(self, load: Load) -> None:
        chance = Random(load.first)  # noqa: S311  made-up events
        ready = [(_headers(BY_CONTRACT[contract].type), orjson.dumps(data)) for _, (contract, data) in DEEDS]
        limits = list(accumulate(share for share, _ in DEEDS))
        if load.handoffs is not None:  # the last of the deeds asks to be called; the first is a page read
            ready, limits = [ready[0], ready[-1]], [1 - load.handoffs, 1.0]
        self._deeds = chance.choices(ready, cum_weights=limits, k=10_000)
        self._leads = load.leads
        self._lead = chance.randrange if load.handoffs is None else None

    def lead(self, number: int) -> int:
        """The lead of an event."""
        return self._lead(self._leads) if self._lead else lead_of(number, self._leads)

    def of(self, number: int, key: bytes, time_text: bytes) -> tuple[bytes, Headers]:
        """Value and headers."""
        headers, value = self._deeds[number % len(self._deeds)]
        return value, [*headers, ("ce_id", b"g-%d" % number), ("ce_subject", key), ("ce_time", time_text)]


def _headers(kind: str) -> Headers:
    return [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_source", SOURCE.encode()),
        ("ce_type", kind.encode()),
    ]


class Sending:
    """Sends what is due, and knows how late it was."""

    def __init__(self, load: Load) -> None:
        self.load, self.sent, self.failed, self.late_s = load, 0, 0, 0.0
        self._events = Events(load)
        self._producer = Producer(
            {
                "bootstrap.servers": load.address,
                "partitioner": "murmur2",
                "linger.ms": load.linger_ms,
                "acks": "all",
                "queue.buffering.max.messages": 2_000_000,
            }
        )
        self._producer.list_topics(load.topic, timeout=10)

    def run(self, began: float) -> None:
        """Send everything, from this moment (seconds since the epoch) on."""
        total = round(self.load.rate * self.load.seconds)
        while self.sent < total:
            now = time.time()
            due = min(total, int((now - began) * self.load.rate) + 1) if now >= began else 0
            if due > self.sent:
                self.late_s = max(self.late_s, now - began - self.sent / self.load.rate)
                self._send(due, rfc3339(int(now * 1000)).encode())
            self._producer.poll(0)
            time.sleep(TICK_S)
        self._producer.flush(30)

    def _send(self, due: int, time_text: bytes) -> None:
        load, produce = self.load, self._producer.produce
        for number in range(load.first + self.sent, load.first + due):
            key = key_of(self._events.lead(number))
            value, headers = self._events.of(number, key, time_text)
            produce(load.topic, value, key, headers=headers, on_delivery=self._delivered)
        self.sent = due

    def _delivered(self, error: object, _message: object) -> None:
        self.failed += error is not None


def main() -> None:
    """The command."""
    sending = Sending(Load(**json.loads(sys.argv[1])))
    began = time.time() + LEAD_S
    say({"began": began})
    cpu_s = time.process_time()
    sending.run(began)
    found = {"sent": sending.sent, "failed": sending.failed, "late_ms": round(sending.late_s * 1000, 1)}
    say({**found, "cpu_s": round(time.process_time() - cpu_s, 3)})


def argument(load: Load) -> str:
    """A load for the command line."""
    return json.dumps(asdict(load))


if __name__ == "__main__":
    main()
