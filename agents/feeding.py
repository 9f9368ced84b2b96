"""Feeds events to Kafka: as fast as it takes them, or at a steady rate, and knows how far it came."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from agents.parcels import Event, Parcel, parcel_of
from agents.pump import Pump
from agents.sending import Sender, sender
from schemas.topics import INPUTS

CHUNK = 1000
TICKS_PER_S = 20
PROBLEMS_KEPT = 1000


class Problem(NamedTuple):
    """An event that will not be applied: its place in the source, counted from 1, the reason, and what is wrong."""

    number: int
    reason: str
    detail: str


@dataclass(slots=True)
class Fed:
    """How far a feed came.

    Attributes:
        taken: What was taken from the source, blank lines included.
        read: Events among that.
        bytes_read: Bytes of the lines among them.
        acknowledged: Events that are in Kafka's log, by topic.
        refusable: Events that a worker will refuse; they are sent all the same, and become dead letters.
        unsent: Events that are too long for Kafka.
        problems: The first of both, PROBLEMS_KEPT at most.
        seconds: From the first event to the last acknowledgement.
    """

    taken: int = 0
    read: int = 0
    bytes_read: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)
    refusable: int = 0
    unsent: int = 0
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def sent(self) -> int:
        """Events that are in Kafka's log."""
        return self.acknowledged.total()

    @property
    def events_per_s(self) -> float:
        """Acknowledged events a second."""
        return self.sent / self.seconds if self.seconds else 0.0

    def note(self, reason: str, detail: str) -> None:
        """Keep the problem of the event that was read last."""
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(self.taken, reason, detail))


async def feed(
    events: Iterable[Event],
    brokers: Sequence[str],
    on_progress: Callable[[Fed], None] | None = None,
    *,
    rate: float | None = None,
    fed: Fed | None = None,
    **options: Any,
) -> Fed:
    """Feed events and return how many went where, once all are in the log.

    Args:
        events: Lines with structured CloudEvents, or envelopes; may block, for it is read in a thread of its own.
        brokers: Kafka's addresses.
        on_progress: Called after each step with how far the feed came; acknowledgements lag behind.
        rate: Events a second at most; None for as many as Kafka takes.
        fed: Filled while the feed runs, so that it can be read after an interruption.
        options: aiokafka's, such as `security_protocol`.

    Raises:
        LeadrelayError: No broker answers, it stops to answer, topics are missing, or the source failed.
    """
    return await feed_chunks(_chunks(events, rate), brokers, on_progress, rate=rate, fed=fed, **options)


async def feed_chunks(
    chunks: Iterable[Sequence[Event]],
    brokers: Sequence[str],
    on_progress: Callable[[Fed], None] | None = None,
    *,
    rate: float | None = None,
    fed: Fed | None = None,
    **options: Any,
) -> Fed:
    """Feed events that come in chunks: when the next one is not there yet, nothing is held back for it."""
    fed = fed or Fed()
    async with sender(brokers, **options) as to:
        fed.acknowledged = to.acknowledged
        await to.expect(*(topic.name for topic in INPUTS))
        began = time.perf_counter()
        async with aclosing(_paced(Pump(chunks), to, rate)) as pieces:
            async for piece in pieces:
                await _put(piece, to, fed)
                fed.seconds = time.perf_counter() - began
                if on_progress:
                    on_progress(fed)
        await to.settle()
        fed.seconds = time.perf_counter() - began
    return fed


async def _put(events: Iterable[Event], to: Sender, fed: Fed) -> None:
    for event in events:
        fed.taken += 1
        if isinstance(event, bytes):
            fed.bytes_read += len(event) + 1
            if not event.strip():
                continue
        fed.read += 1
        parcel = parcel_of(event)
        if _sendable(parcel, fed):
            await to.put(parcel)


def _sendable(parcel: Parcel, fed: Fed) -> bool:
    if parcel.oversize:
        fed.unsent += 1
        fed.note("not_sent", f"{parcel.oversize:,} bytes are too many for Kafka")
        return False
    if parcel.refusal is not None:
        fed.refusable += 1
        fed.note(parcel.refusal.reason, parcel.refusal.detail)
    return True


async def _paced(pump: Pump[Sequence[Event]], to: Sender, rate: float | None) -> AsyncGenerator[Sequence[Event], None]:
    """The chunks, cut so that a rate is kept; what was put goes out before anything is waited for."""
    began, given = time.perf_counter(), 0
    async with aclosing(pump.items()) as chunks:
        async for chunk in chunks:
            for piece in _pieces(chunk, _step(rate)):
                yield piece
                given += len(piece)
                if rate:
                    await to.flush()
                    await asyncio.sleep(max(0.0, began + given / rate - time.perf_counter()))
            if pump.idle:
                await to.flush()


def _step(rate: float | None) -> int:
    return max(1, min(CHUNK, int(rate / TICKS_PER_S))) if rate else CHUNK


def _pieces(chunk: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    for start in range(0, len(chunk), size):
        yield chunk[start : start + size]


def _chunks(events: Iterable[Event], rate: float | None) -> Iterator[list[Event]]:
    source = iter(events)
    while chunk := list(islice(source, _step(rate))):
        yield chunk
