"""Times the pure code of one event, part by part: the events of the bench through a lane, and through the plain loop.

    python -m tests.bench.deciding [--events 16000] [--rounds 7] [--leads 1600] [--unlike] [relaying plainly ...]

CPU time of this process alone, without Kafka. Each piece of a thousand events is timed once a round, and the least of
all rounds counts, so that what else runs on the machine is left out.
"""

import argparse
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from time import process_time_ns

import orjson

from agents.agreement import load_terms
from agents.bench.events import made_up
from agents.bench.plain import Plain
from agents.engine import garbage
from schemas.codec import decode
from schemas.envelope import binary_headers
from schemas.topics import ACTIVITY
from streams.record import Line
from streams.relay import Relay
from streams.routing import lane_of
from streams.row import pack, unpack
from streams.terms import Terms

LANES, PIECE, SEED = 12, 1000, 1

Work = Iterator[None]
"""A job that stops when it is prepared, then after each piece, to be timed."""


def records(events: int, leads: int, *, unlike: bool) -> list[Line]:
    """So many records of lane 0, about so many leads; `unlike`: no two of them say the same."""
    mine = (event for event in made_up(events * LANES * 2, leads * LANES, SEED) if _lane(event.subject) == 0)
    lines = []
    for n, each in enumerate(islice(mine, events)):
        data = {**each.data, "campaign": str(n)} if unlike else each.data
        key, headers = each.subject.encode(), list(binary_headers(each))
        lines.append(Line(ACTIVITY.name, 0, n, each.at, key, orjson.dumps(data), headers))
    return lines


def _lane(subject: str) -> int:
    return lane_of(subject.encode(), LANES)


def pieces(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """The records, a thousand at a time: what a transaction takes of a busy lane."""
    for start in range(0, len(lines), PIECE):
        yield lines[start : start + PIECE]


def relaying(terms: Terms, lines: Sequence[Line]) -> Work:
    """All that a worker of leadrelay does but carrying: take and harvest."""
    relay = Relay(0, LANES, terms)
    yield
    for piece in pieces(lines):
        for line in piece:
            relay.take(line)
        relay.harvest()
        relay.committed()
        yield


def plainly(terms: Terms, lines: Sequence[Line]) -> Work:
    """What the compared loops do."""
    plain, rows = Plain("aiokafka", terms), dict[bytes, bytes]()
    yield
    for piece in pieces(lines):
        for line in piece:
            decided = plain.decide(line, rows.get(line.key or b""))
            if decided is not None:
                rows[line.key or b""] = decided.row
        yield


def decoding(_: Terms, lines: Sequence[Line]) -> Work:
    """Bytes to checked messages."""
    yield
    for piece in pieces(lines):
        for line in piece:
            decode(line.topic, line.key, line.value, line.headers)
        yield


def thawing(terms: Terms, lines: Sequence[Line]) -> Work:
    """Rows to leads, as they are at the end."""
    rows = _rows(terms, lines)
    yield
    for piece in pieces(lines):
        for line in piece:
            unpack("lead", rows[line.key or b""])
        yield


def freezing(terms: Terms, lines: Sequence[Line]) -> Work:
    """Leads to rows, as they are at the end."""
    leads = {key: unpack("lead", row) for key, row in _rows(terms, lines).items()}
    yield
    for piece in pieces(lines):
        for line in piece:
            pack(leads[line.key or b""])
        yield


def _rows(terms: Terms, lines: Sequence[Line]) -> dict[bytes, bytes]:
    relay = Relay(0, LANES, terms)
    for line in lines:
        relay.take(line)
    relay.harvest()
    return relay.rows


WORKS: tuple[Callable[[Terms, Sequence[Line]], Work], ...] = (relaying, plainly, decoding, thawing, freezing)


def timed(work: Work) -> Iterator[int]:
    """The CPU time of each piece (ns), with garbage collected as in a worker."""
    next(work)
    garbage.settle()
    started = process_time_ns()
    for _ in work:
        yield process_time_ns() - started
        started = process_time_ns()
    gc.unfreeze()


def measure(lines: Sequence[Line], rounds: int, works: Sequence[str]) -> dict[str, float]:
    """µs an event by work."""
    terms = load_terms()
    least: dict[str, list[int]] = {}
    for _ in range(rounds):
        for work in [each for each in WORKS if each.__name__ in works]:
            found = list(timed(work(terms, lines)))
            least[work.__name__] = list(map(min, found, least.get(work.__name__, found)))
    return {name: sum(times) / len(lines) / 1000 for name, times in least.items()}


def table(found: Iterable[tuple[str, float]]) -> str:
    return "\n".join(f"{name:10} {us:8.2f}" for name, us in found)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=16_000)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--leads", type=int, default=1600)
    asked.add_argument("--unlike", action="store_true")
    names = [work.__name__ for work in WORKS]
    asked.add_argument("works", nargs="*", default=names, help=" ".join(names))
    chosen = asked.parse_args()
    lines = records(chosen.events, chosen.leads, unlike=chosen.unlike)
    print(table(measure(lines, chosen.rounds, chosen.works).items()))  # noqa: T201
