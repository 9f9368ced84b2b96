"""Reads what comes out, `read_committed`, and tells how long after its intended sending each event's answer came.

Run as a process: `python -m tests.bench.receiver '{...}'`. It says when it is in place, is told when the generator
begins, and answers when it is told that all is sent. The key of an answer is that of its event's lead, and each lead
has one event, so nothing has to be carried along.
"""

import json
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from confluent_kafka import Consumer, TopicPartition

from tests.bench.generator import event_of
from tests.bench.lines import say

LOOK_EVERY = 256
WAIT_S = 0.05
QUIET_S = 2.0
"""Reading ends when nothing has come for so long after everything was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to wait for: answers to the events from number `first` on; those of the first `warm_s` don't count."""

    address: str
    topic: str
    lanes: int
    leads: int
    first: int
    rate: float
    warm_s: float
    number: int


def argument(watch: Watch) -> str:
    """A watch for the command line."""
    return json.dumps(asdict(watch))


def shares(latencies_s: Sequence[float]) -> dict[str, float | int]:
    """Percentiles in ms: the smallest latency that so many per cent do not exceed."""
    ordered = sorted(latencies_s)
    if not ordered:
        return {"count": 0}
    found = {
        f"p{share:g}_ms": ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] for share in (50, 99, 99.9)
    }
    return {"count": len(ordered), **{k: round(s * 1000, 1) for k, s in {**found, "max_ms": ordered[-1]}.items()}}


class Receiver:
    """Notes when each answer came."""

    def __init__(self, watch: Watch) -> None:
        self.watch, self.came = watch, list[tuple[float, bytes]]()
        self._consumer = Consumer(
            {"bootstrap.servers": watch.address, "group.id": "receiver", "enable.auto.commit": False}
            | {"isolation.level": "read_committed", "auto.offset.reset": "latest"}
        )
        places = [TopicPartition(watch.topic, lane) for lane in range(watch.lanes)]
        ends = [self._consumer.get_watermark_offsets(place, timeout=10)[1] for place in places]
        self._consumer.assign([TopicPartition(watch.topic, p.partition, e) for p, e in zip(places, ends, strict=True)])
        self._consumer.poll(0.5)

    def read(self) -> tuple[float, bool]:
        """Read until the parent says that all is sent, and nothing comes any more; when sending began."""
        began, over, last = 0.0, False, time.time()
        poll, came = self._consumer.poll, self.came
        while not over or time.time() - last < QUIET_S:
            for _ in range(LOOK_EVERY):
                message = poll(WAIT_S)
                if message is None:
                    break
                last = time.time()
                came.append((last, message.key()))
            if select.select([sys.stdin], [], [], 0)[0]:
                word = sys.stdin.readline().strip()
                over, began = (True, began) if word in {"", "sent"} else (False, float(word))
        return began, over

    def latencies(self, began: float) -> list[float]:
        """Seconds from when each event was to be sent, however late that was, to its answer."""
        watch, found = self.watch, []
        for at, key in self.came:
            number = event_of(int(key[5:]), watch.leads) - watch.first
            if watch.warm_s * watch.rate <= number < watch.number:
                found.append(at - began - number / watch.rate)
        return found


def main() -> None:
    """The command."""
    receiver = Receiver(Watch(**json.loads(sys.argv[1])))
    say({"ready": True})
    began, _ = receiver.read()
    say(shares(receiver.latencies(began)))


if __name__ == "__main__":
    main()
