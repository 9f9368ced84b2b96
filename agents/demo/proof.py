"""The demo's last act: everything in Kafka is read again and compared with the pure replay of the same input."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from agents.reading import read_topic
from agents.verify import Verdict, verify
from schemas import topics
from streams.terms import Terms

NAMES = tuple(topic.name for topic in topics.TOPICS if topic.partitions is None)


class Proof(NamedTuple):
    """What was found, and one handoff to look at."""

    verdict: Verdict
    handoff: dict[str, Any] | None


async def prove(brokers: Sequence[str], app_id: str, lanes: int, terms: Terms, at_once: int | None = None) -> Proof:
    """Read all topics as a committed reader and compare them.

    Args:
        brokers: Kafka's addresses.
        app_id: The relay's application id.
        lanes: How many lanes it has.
        terms: Its agreement.
        at_once: Of so many lanes everything is in memory at the same time; None for all.
    """
    verdict, handoff, step = Verdict(), None, at_once or lanes
    for first in range(0, lanes, step):
        chosen = range(first, min(first + step, lanes))
        records = {name: await _read(brokers, name, chosen) for name in NAMES}
        changelog = await _read(brokers, topics.changelog(app_id).name, chosen)
        verify(terms, lanes, records, changelog, verdict, chosen)
        handoff = _telling(handoff, records[topics.HANDOFF.name])
    return Proof(verdict, handoff)


async def _read(brokers: Sequence[str], topic: str, lanes: Iterable[int]) -> list[Any]:
    return [record async for record in read_topic(brokers, topic, lanes)]


def _telling(best: dict[str, Any] | None, handoffs: Iterable[Any]) -> dict[str, Any] | None:
    """The handoff with the longest ledger: it explains most."""
    packets = (packet for record in handoffs if "entries" in (packet := orjson.loads(record.value)))
    return max((best, *packets) if best else packets, key=lambda packet: len(packet["entries"]), default=None)
