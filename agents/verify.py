"""Compares what is in Kafka with the pure replay of the same input: rows, facts, outputs, counters, one by one.

The journal tells in which order a lane read its topics, because every message leaves a fact. It tells nothing else:
what the messages mean is decided anew, and all that was written is compared with it: rows by what they say, for their
bytes may be others in another version of zstd, and the rest byte by byte.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson

from schemas import topics
from schemas.codec import Output
from streams.forwarding import is_sent
from streams.relay import Relay
from streams.row import HEADER, unpack
from streams.terms import Terms

POSITION = b"\x00position"
SAID = (*(topic.name for topic in topics.OUTPUTS), topics.DEADLETTER.name)


@dataclass(slots=True)
class Verdict:
    """How many of what were compared, and how many are wrong; all zeros but the first three is a proof."""

    messages: int = 0
    rows: int = 0
    facts: int = 0
    messages_lost: int = 0
    messages_doubled: int = 0
    rows_wrong: int = 0
    facts_wrong: int = 0
    outputs_wrong: int = 0
    handoffs_lost: int = 0
    handoffs_doubled: int = 0
    counters_wrong: int = 0
    examples: list[str] = field(default_factory=list)
    letters: Counter[tuple[Any, ...]] = field(default_factory=Counter, repr=False)
    """Letters that messages caused: 1 for each that was to be written, -1 for each that is there."""

    @property
    def letters_wrong(self) -> int:
        """Of these how many are lost or doubled, once all lanes were compared."""
        return sum(map(abs, self.letters.values()))

    @property
    def equal(self) -> bool:
        """Whether nothing is wrong."""
        return not (
            self.messages_lost
            or self.messages_doubled
            or self.rows_wrong
            or self.facts_wrong
            or self.outputs_wrong
            or self.handoffs_lost
            or self.handoffs_doubled
            or self.counters_wrong
            or self.letters_wrong
        )

    def note(self, example: str) -> None:
        """Keep the first few examples of what is wrong."""
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(example)


EXAMPLES_MAX = 10


def verify(  # noqa: PLR0913, PLR0917  what is compared with what
    terms: Terms,
    lanes: int,
    records: Mapping[str, Sequence[Any]],
    changelog: Sequence[Any],
    verdict: Verdict,
    only: Iterable[int] | None = None,
) -> Verdict:
    """Compare every lane, or only these.

    Args:
        terms: The agreement that decided.
        lanes: Number of lanes.
        records: All committed records by topic: inputs, outputs, journal, dead letters, each ordered by offset in its
            partition.
        changelog: All committed records of the changelog, in order.
        verdict: Where the findings are added.
        only: The lanes to compare; None for all.
    """
    by_lane = {name: _by_partition(found) for name, found in records.items()}
    rows = _by_partition(changelog)
    for lane in range(lanes) if only is None else only:
        read = {name: found.get(lane, []) for name, found in by_lane.items()}
        _lane(Relay(lane, lanes, terms), read, rows.get(lane, []), verdict)
    return verdict


def _letter(sent: Any) -> tuple[Any, ...]:
    return sent.key, sent.value, tuple(sent.headers)


def _by_partition(records: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for record in records:
        found.setdefault(record.partition, []).append(record)
    return found


def _lane(relay: Relay, read: Mapping[str, list[Any]], changelog: Sequence[Any], verdict: Verdict) -> None:
    inputs = {
        f"{topics.LETTERS[topic.name]}{relay.lane}-{record.offset}": record
        for topic in topics.INPUTS
        for record in read.get(topic.name, [])
    }
    journal = read.get(topics.FACT.name, [])
    verdict.messages += len(inputs)
    for cause in _order(journal, inputs, verdict):
        relay.take(inputs[cause])
    expected = [output for output in relay.outputs if output.topic != topics.LETTER.name]
    verdict.letters.update(_letter(output) for output in relay.outputs if output.topic == topics.LETTER.name)
    verdict.letters.subtract(_letter(record) for record in read.get(topics.LETTER.name, []) if is_sent(record))
    _facts(journal, expected, verdict)
    for topic in SAID:
        _outputs(topic, read.get(topic, []), [output for output in expected if output.topic == topic], verdict)
    _rows(relay, changelog, verdict)


def _order(journal: Iterable[Any], inputs: Mapping[str, Any], verdict: Verdict) -> Iterator[str]:
    """The causes in the journal's order; a message without one was lost, one with two was decided twice."""
    causes = [cause for cause, _ in groupby(orjson.loads(record.value)["cause"] for record in journal)]
    times = Counter(causes)
    for cause in inputs.keys() - times.keys():
        verdict.messages_lost += 1
        verdict.note(f"message {cause} left no fact")
    for cause, number in times.items():
        if number > 1 or cause not in inputs:
            verdict.messages_doubled += 1
            verdict.note(f"message {cause} was decided {number} times")
    yield from (cause for cause in dict.fromkeys(causes) if cause in inputs)


def _facts(journal: Sequence[Any], expected: Sequence[Output], verdict: Verdict) -> None:
    wanted = [output.value for output in expected if output.topic == topics.FACT.name]
    found = [record.value for record in journal]
    verdict.facts += len(wanted)
    wrong = abs(len(wanted) - len(found)) + sum(a != b for a, b in zip(wanted, found, strict=False))
    verdict.facts_wrong += wrong
    if wrong:
        first = next((pair for pair in zip(wanted, found, strict=False) if pair[0] != pair[1]), "one side is longer")
        verdict.note(f"{wrong} facts differ, first: {first}")


def _outputs(topic: str, found: Sequence[Any], expected: Sequence[Output], verdict: Verdict) -> None:
    """Outputs are compared with their key, value and headers, so with their ids."""
    have = Counter((record.key, record.value, tuple(record.headers)) for record in found)
    want = Counter((output.key, output.value, output.headers) for output in expected)
    lost, doubled = (want - have).total(), (have - want).total()
    if topic == topics.HANDOFF.name:
        verdict.handoffs_lost += lost
        verdict.handoffs_doubled += doubled
    else:
        verdict.outputs_wrong += lost + doubled
    for side, counter in (("lost", want - have), ("doubled or wrong", have - want)):
        for output in counter:
            verdict.note(f"{topic}: {side}: {output!r:.300}")


def _rows(relay: Relay, changelog: Iterable[Any], verdict: Verdict) -> None:
    wanted: dict[bytes, bytes | None] = dict(relay.harvest().rows)
    found = {record.key: record.value for record in changelog if record.key != POSITION}
    verdict.rows += len(wanted)
    for key in wanted.keys() | found.keys():
        if _same(key, wanted.get(key), found.get(key)):
            continue
        if key.startswith(b"\x00"):
            verdict.counters_wrong += 1
        else:
            verdict.rows_wrong += 1
        verdict.note(f"row {key!r}: wanted {wanted.get(key)!r:.300}, found {found.get(key)!r:.300}")


def _same(key: bytes, wanted: bytes | None, found: bytes | None) -> bool:
    if wanted is None or found is None or wanted == found:
        return wanted == found
    if key.startswith(b"\x00"):
        return bool(orjson.loads(wanted) == orjson.loads(found))
    with suppress(ValueError):  # what was found may be broken
        return wanted[: HEADER.size] == found[: HEADER.size] and unpack("", wanted) == unpack("", found)
    return False
