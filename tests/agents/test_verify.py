"""Holds the comparison to its word: it finds what is lost, doubled or changed, and nothing in what is right."""

from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
import zstandard

from agents.agreement import load_terms
from agents.verify import Verdict, verify
from schemas.topics import ACTIVITY, DEADLETTER, FACT, FEEDBACK, HANDOFF, INPUTS, OUTPUTS
from streams.record import Line
from streams.relay import Relay
from streams.row import HEADER, parts
from streams.squeezing import DICTIONARY, stretch
from tests.kafka.history import history

NOW = 1_795_000_000_000
COPY = (FACT, DEADLETTER, *OUTPUTS)


@dataclass(frozen=True)
class Written:
    """A record that was read back."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


Log = tuple[dict[str, list[Any]], list[Written]]


@pytest.fixture
def log() -> Log:
    """What a right relay of one lane leaves in Kafka."""
    relay, offsets = Relay(0, 1, load_terms()), dict.fromkeys((ACTIVITY.name, FEEDBACK.name), 0)
    records: dict[str, list[Any]] = {topic.name: [] for topic in (*INPUTS, *COPY)}
    for sent in history(600, 40, 3, NOW):
        line = Line(sent.topic, 0, offsets[sent.topic], NOW, sent.key, sent.value, sent.headers)
        offsets[sent.topic] += 1
        records[sent.topic].append(line)
        relay.take(line)
    harvest = relay.harvest()
    for output in harvest.outputs:
        found = records[output.topic]
        found.append(Written(0, len(found), output.key, output.value, output.headers))
    rows = [Written(0, number, key, value) for number, (key, value) in enumerate(harvest.rows)]
    return records, [Written(0, 0, b"\x00position", b"{}"), *rows]


def judged(log: Log) -> Verdict:
    return verify(load_terms(), 1, log[0], log[1], Verdict())


def test_what_is_right_is_equal(log: Log) -> None:
    verdict = judged(log)
    assert verdict.equal, verdict
    assert verdict.messages == 600
    assert verdict.rows > 30
    assert verdict.facts >= verdict.messages


def test_a_lost_handoff_is_found(log: Log) -> None:
    log[0][HANDOFF.name].pop()
    assert judged(log).handoffs_lost == 1


def test_a_doubled_handoff_is_found(log: Log) -> None:
    log[0][HANDOFF.name].append(log[0][HANDOFF.name][0])
    assert judged(log).handoffs_doubled == 1


def test_a_lost_dead_letter_is_found(log: Log) -> None:
    log[0][DEADLETTER.name].pop()
    assert judged(log).outputs_wrong == 1


def test_a_changed_row_is_found(log: Log) -> None:
    at, row = next((n, r) for n, r in enumerate(log[1]) if r.key and r.key.startswith(b"L"))
    log[1][at] = replace(row, value=(row.value or b"") + b" ")
    assert judged(log).rows_wrong == 1


def test_a_row_of_another_version_of_zstd_is_equal(log: Log) -> None:
    at, row = next((n, r) for n, r in enumerate(log[1]) if r.key and r.key.startswith(b"L"))
    seen, body = parts("", row.value or b"")
    known = zstandard.ZstdCompressionDict(DICTIONARY, zstandard.DICT_TYPE_RAWCONTENT)
    other = zstandard.ZstdCompressionParameters.from_level(
        9, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=True
    )
    squeezed = zstandard.ZstdCompressor(dict_data=known, compression_params=other).compress(stretch(body))
    assert squeezed != body
    log[1][at] = replace(row, value=(row.value or b"")[: HEADER.size] + seen + squeezed)
    assert judged(log).equal


def test_a_row_of_another_format_is_found(log: Log) -> None:
    at, row = next((n, r) for n, r in enumerate(log[1]) if r.key and r.key.startswith(b"L"))
    log[1][at] = replace(row, value=b"\x01" + (row.value or b"")[1:])
    assert judged(log).rows_wrong == 1


def test_a_counter_that_is_off_by_one_is_found(log: Log) -> None:
    at, row = next((n, r) for n, r in enumerate(log[1]) if r.key == b"\x00counts")
    counts = orjson.loads(row.value or b"")
    log[1][at] = replace(row, value=orjson.dumps({**counts, next(iter(counts)): 1_000_000}))
    assert judged(log).counters_wrong == 1


def test_a_message_that_left_no_fact_is_found(log: Log) -> None:
    last = orjson.loads(log[0][FACT.name][-1].value)["cause"]
    log[0][FACT.name] = [fact for fact in log[0][FACT.name] if orjson.loads(fact.value)["cause"] != last]
    assert judged(log).messages_lost == 1


def test_a_message_that_was_decided_twice_is_found(log: Log) -> None:
    log[0][FACT.name].append(log[0][FACT.name][0])
    verdict = judged(log)
    assert verdict.messages_doubled == 1
    assert not verdict.equal
    assert verdict.examples
