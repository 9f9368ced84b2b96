"""Publishes versions of the agreement: one transaction writes a version to its topic and to every lane."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from agents.errors import LeadrelayError
from agents.reading import read_topic
from agents.sending import started
from schemas import topics
from schemas.envelope import rfc3339
from schemas.letter import AgreementPublished
from schemas.mistakes import parse
from streams.publish import said
from streams.terms import Terms, compiled
from streams.versions import folded

LETTER_KEY = "agreement"
EARLIEST_MS = 60_000
"""A version begins so much later than its publication at the earliest: every lane has read it by then."""


class Version(NamedTuple):
    """A published version: its text, and what it means."""

    text: str
    terms: Terms


async def published(brokers: Sequence[str], **options: Any) -> list[Version]:
    """All published versions, oldest first.

    Raises:
        LeadrelayError: No broker answers, or the topic is missing.
    """
    found = {}
    async for record in read_topic(brokers, topics.AGREEMENT.name, **options):
        text = (record.value or b"").decode()
        found[int(record.key)] = Version(text, compiled(parse(text)))
    return [found[number] for number in sorted(found)]


def in_force(versions: Sequence[Version], at: int) -> Version | None:
    """The version in force at this instant (ms since the epoch); None before the first."""
    return next((version for version in reversed(versions) if version.terms.effective_at <= at), None)


def objection(terms: Terms, base: Terms, versions: Sequence[Version], now: int) -> str:
    """What speaks against publishing these terms now; empty when nothing does. `base` is what workers begin with."""
    last = versions[-1].terms if versions else base
    if any(version.terms.number == terms.number for version in versions):
        return f"number {terms.number} is published already, and what is published does not change"
    if terms.number <= last.number:
        return f"its number is {terms.number}, and agreement {last.number} is there already"
    if terms.effective_at < now + EARLIEST_MS:
        begins = rfc3339(terms.effective_at)
        return f"it would count from {begins} on: that is past, or in less than {EARLIEST_MS // 1000} s"
    if terms.effective_at <= last.effective_at:
        return f"it would begin no later than agreement {last.number}, which begins at {rfc3339(last.effective_at)}"
    return ""


async def publish(brokers: Sequence[str], app_id: str, text: str, terms: Terms, by: str, **options: Any) -> int:
    """Publish a version; returns how many lanes were told.

    Raises:
        LeadrelayError: No broker answers, or somebody else publishes at the same moment.
    """
    number, now = str(terms.number), round(datetime.now(UTC).timestamp() * 1000)
    letter = AgreementPublished(number=terms.number, document=folded(text), by=by)
    topic, key, value, headers = said(f"{LETTER_KEY}-{number}", LETTER_KEY, now, letter)
    producer = AIOKafkaProducer(bootstrap_servers=list(brokers), transactional_id=f"{app_id}-agreement", **options)
    async with started(producer, brokers):
        lanes = sorted(await producer.partitions_for(topic))
        try:
            async with producer.transaction():
                writing = [await producer.send(topics.AGREEMENT.name, text.encode(), number.encode(), 0)]
                writing += [await producer.send(topic, value, key, lane, headers=[*headers]) for lane in lanes]
                await asyncio.gather(*writing)
        except KafkaError as error:
            remedy = "look with `leadrelay agreement show --json` whether it is published; if not, publish it again"
            detail = f"{type(error).__name__}: {error}"
            raise LeadrelayError("the agreement may not be published", detail, remedy) from error
    return len(lanes)
