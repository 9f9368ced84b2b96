"""Tells where a process's CPU goes, by looking at what it does a hundred times in each second of CPU."""

import signal
from collections import Counter
from collections.abc import Mapping
from types import FrameType
from typing import Any

INTERVAL_S = 0.01

PARTS: Mapping[str, str] = {
    "streams.relay._journal": "journal",
    "streams.relay._pass": "journal",
    "streams.journal": "journal",
    "streams.funnel": "counters",
    "streams.row": "rows",
    "streams.record": "engine",
    "streams": "rules",
    "schemas.codec.decode": "decode",
    "schemas": "",
    "agents.bench.plain": "rules",
    "agents.bench.toy._fact": "journal",
    "agents.bench.toy.harvest": "rows",
    "agents.bench.toy": "rules",
    "agents.bench.on_confluent": "confluent-kafka",
    "agents": "engine",
    "faust": "faust",
    "mode": "faust",
    "aiokafka": "aiokafka",
}
"""Parts by module, or module and function; the longest name that fits counts. Empty: it is its caller's."""
DECIDING = ("decode", "rules", "rows", "journal", "counters")
"""The parts that say what an event means; all others carry it."""
OTHER = "event loop"


class Sampler:
    """Looks at the main thread, which is where all of the work is but Faust's fetching."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def start(self) -> None:
        """Begin, or begin anew."""
        self._seen.clear()
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)

    def stop(self) -> dict[str, float]:
        """End; the share of each part, the largest first."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        return {part: seen / self._seen.total() for part, seen in self._seen.most_common()}

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        self._seen[part_of(frame)] += 1


def part_of(frame: Any) -> str:
    """The part that this frame is of, or the first of its callers that is of one."""
    while frame is not None:
        part = _part(f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_name}")
        if part:
            return part
        frame = frame.f_back
    return OTHER


def _part(name: str) -> str:
    while name:
        if name in PARTS:
            return PARTS[name]
        name = name.rpartition(".")[0]
    return ""
