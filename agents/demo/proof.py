"""The demo's last act: everything in Kafka is read again and compared with the pure replay of the same input."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from agents.reading import read_topic
from agents.verify import Verdict, verify
from schemas import topics
from streams.terms import Terms


class Proof(NamedTuple):
    """What was found, and one handoff to look at."""

    verdict: Verdict
    handoff: dict[str, Any] | None


async def prove(brokers: Sequence[str], app_id: str, lanes: int, terms: Terms) -> Proof:
    """Read all topics as a committed reader and compare them."""
    names = [topic.name for topic in topics.TOPICS if topic.partitions is None]
    records = {name: [record async for record in read_topic(brokers, name)] for name in names}
    changelog = [record async for record in read_topic(brokers, topics.changelog(app_id).name)]
    verdict = verify(terms, lanes, records, changelog, Verdict())
    return Proof(verdict, _telling(records[topics.HANDOFF.name]))


def _telling(handoffs: Sequence[Any]) -> dict[str, Any] | None:
    """The handoff with the longest ledger: it explains most."""
    packets = (orjson.loads(record.value) for record in handoffs)
    return max(packets, key=lambda packet: len(packet["entries"]), default=None)
