"""The worker's only producer, and the one call that ends another one's transaction.

aiokafka's takes five requests for a transaction, one after the other, and a task that looks for work after each. Ours
takes three where the cluster has transaction version 2, and does what it is told.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.errors import (
    ConcurrentTransactions,
    InvalidTxnState,
    KafkaError,
    LeaderNotAvailableError,
    ProducerFenced,
)
from aiokafka.protocol.transaction import InitProducerIdRequest

from agents.engine.bundle import Bundle
from agents.engine.dialect import Dialect, dialect
from agents.engine.edges import NOBODY, by_leader
from agents.engine.link import LinkedClient
from agents.engine.membership import Membership
from agents.engine.requests import Features, Producer
from agents.engine.settings import EngineSettings
from agents.engine.verdict import codes_of, error_of, passing

MARKERS_S, BACKOFF_S = 0.002, 0.01
"""How long to wait before the same is asked again, at first and at most. A broker that still writes the markers of the
transaction before takes a few milliseconds."""
DISCARD_S = 2.0
REQUEST_BYTES = 16 * 1024 * 1024
SEQUENCES = 2**31
TRANSACTION, GROUP = CoordinationType.TRANSACTION, CoordinationType.GROUP

Waiting = tuple[Bundle, "asyncio.Future[None]"]
Errors = dict[Any, Exception | None]
"""What is wrong at each place."""


class TransactionalProducer:
    """The engine's `Producer` over a client: one transaction at a time, under one transactional id.

    Every error that may pass is tried again for as long as it takes: batches carry numbers, so that none is written
    twice, and whoever waits too long is ended by the transaction's timeout, not by ours.
    """

    def __init__(self, client: AIOKafkaClient, settings: EngineSettings, name: str) -> None:
        self._client, self._settings, self._name = client, settings, name
        self._coordinators: dict[CoordinationType, int] = {}
        self._numbers: dict[TopicPartition, int] = defaultdict(int)
        self._queue: dict[TopicPartition, list[Waiting]] = {}
        self._sending: asyncio.Task[None] | None = None
        self._known = False
        self._lost: Exception | None = None
        self._dialect: Dialect

    async def start(self) -> None:
        """Take the transactional id: whoever had it before is fenced, and its transaction aborted.

        Raises:
            KafkaError: No broker could be reached, or it refuses us.
        """
        await self._client.bootstrap()
        features = await self._ask(TRANSACTION, self._name, Features)
        timeout_ms = self._settings.transaction_timeout_ms
        taken = await self._have(TRANSACTION, self._name, lambda: InitProducerIdRequest(self._name, timeout_ms))
        producer = Producer(taken.producer_id, taken.producer_epoch)
        self._dialect = dialect(features.levels, self._name, producer)

    async def close(self) -> None:
        """Say nothing more to the broker, not even goodbye."""
        self._lost = self._lost or ProducerFenced()
        if self._sending is not None:
            self._sending.cancel()
        await self._client.close()

    def create_batch(self) -> Bundle:
        """Give an empty batch."""
        return Bundle(self._settings.batch_bytes)

    async def begin_transaction(self) -> None:
        """Begin; the broker hears of it with the first batch."""
        self._check()

    async def send_batch(self, batch: Bundle, topic: str, *, partition: int) -> Awaitable[None]:
        """Hand a batch over; the result is done when the broker has acknowledged it.

        What is handed over in one turn of the event loop leaves in one request.
        """
        self._check()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.setdefault(TopicPartition(topic, partition), []).append((batch, done))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return done

    async def send_offsets_to_transaction(self, offsets: Mapping[TopicPartition, int], group_id: Membership) -> None:
        """Have the group accept these offsets when the transaction is committed.

        Raises:
            RefusedError: The group does not know this membership. The transaction is still open.
            KafkaError: Another process has our transactional id, or the broker refuses us.
        """
        self._check()
        self._known, spoken = True, self._dialect
        named = spoken.name_group(group_id)
        if named is not None:
            await self._have(TRANSACTION, self._name, lambda: named)
        await self._have(GROUP, str(group_id), lambda: spoken.offsets(group_id, offsets))

    async def commit_transaction(self) -> None:
        """Make everything since the beginning visible."""
        await self._end(commit=True)

    async def abort_transaction(self) -> None:
        """Take everything since the beginning back."""
        await self._end(commit=False)

    async def _end(self, *, commit: bool) -> None:
        self._check()
        if self._sending is not None:
            await asyncio.wait([self._sending])  # nothing may come behind the end
        if self._known:
            try:
                answer = await self._have(TRANSACTION, self._name, lambda: self._dialect.end(commit=commit))
            except InvalidTxnState as error:  # the broker has ended it, for its time was up
                self._lost = ProducerFenced()
                raise self._lost from error
            if self._dialect.ended(answer):
                self._numbers.clear()
        self._known = False

    async def _send(self) -> None:
        """Write the oldest batch of each partition, until there is none."""
        while self._queue:
            taken = self._take()
            try:
                await self._write(taken)
            except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
                for _, done in taken.values():
                    _settle(done, error)

    def _take(self) -> dict[TopicPartition, Waiting]:
        """Take the oldest batch of as many partitions as one request may hold."""
        taken: dict[TopicPartition, Waiting] = {}
        size = 0
        for place, waiting in self._queue.items():
            size += waiting[0][0].size
            if taken and size > REQUEST_BYTES:
                break
            taken[place] = waiting.pop(0)
        self._queue = {place: waiting for place, waiting in self._queue.items() if waiting}
        return taken

    async def _write(self, taken: Mapping[TopicPartition, Waiting]) -> None:
        """Write a batch to each place, and the same bytes again until there is an answer."""
        self._known = True
        named = self._dialect.name_partitions(taken)
        if named is not None:
            await self._have(TRANSACTION, self._name, lambda: named)
        producer, numbers = self._dialect.producer, self._numbers
        left = {place: batch.sealed(*producer, numbers[place]) for place, (batch, _) in taken.items()}
        for attempt in count():
            self._check()
            errors = await self._write_to_leaders(left)
            again = {place: error for place, error in errors.items() if error is not None and passing(error)}
            for place in errors.keys() - again.keys():
                batch, done = taken[place]
                numbers[place] = (numbers[place] + batch.record_count()) % SEQUENCES
                del left[place]
                _settle(done, errors[place])
            if not left:
                return
            await self._rest(next(iter(again.values())), attempt)

    async def _write_to_leaders(self, batches: Mapping[TopicPartition, bytes]) -> Errors:
        leaders = by_leader(self._client, batches).items()
        parts = [self._write_to(node, {place: batches[place] for place in places}) for node, places in leaders]
        return {place: error for part in await asyncio.gather(*parts) for place, error in part.items()}

    async def _write_to(self, node: int, batches: Mapping[TopicPartition, bytes]) -> Errors:
        if node == NOBODY:
            await asyncio.gather(*(self._client.add_topic(topic) for topic in {place.topic for place in batches}))
            return dict.fromkeys(batches, LeaderNotAvailableError())
        try:
            answer = await self._client.send(node, self._dialect.write(batches, self._settings.request_timeout_ms))
        except KafkaError as error:
            return dict.fromkeys(batches, error)
        return {place: self._error(code) for place, code in codes_of(answer).items()}

    async def _have(self, kind: CoordinationType, key: str, request: Callable[[], Any]) -> Any:
        """Ask a coordinator until it has done what is asked."""
        for attempt in count():
            answer = await self._ask(kind, key, request)
            error = next(filter(None, map(self._error, codes_of(answer).values())), None)
            if error is None:
                return answer
            if not passing(error):
                raise error
            if not isinstance(error, ConcurrentTransactions):
                self._coordinators.pop(kind, None)
            await self._rest(error, attempt)
        return None

    async def _ask(self, kind: CoordinationType, key: str, request: Callable[[], Any]) -> Any:
        """Ask a coordinator until it answers."""
        while True:
            self._check()
            try:
                if kind not in self._coordinators:
                    self._coordinators[kind] = await self._client.coordinator_lookup(kind, key)
                node = self._coordinators[kind]
                return await self._client.send(node, request(), group=ConnectionGroup.COORDINATION)
            except KafkaError as error:
                if not passing(error):
                    raise
                self._coordinators.pop(kind, None)
            await self._client.force_metadata_update()
            await asyncio.sleep(BACKOFF_S)

    async def _rest(self, error: Exception, attempt: int) -> None:
        """Wait before the same is asked again."""
        if getattr(error, "invalid_metadata", False):
            await self._client.force_metadata_update()
        await asyncio.sleep(min(MARKERS_S * (attempt + 1), BACKOFF_S))

    def _error(self, code: int) -> Exception | None:
        error = error_of(code)
        if isinstance(error, ProducerFenced):
            self._lost = error
        return error

    def _check(self) -> None:
        if self._lost is not None:
            raise self._lost


def _settle(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
        done.exception()  # nobody may be waiting any more


async def start_producer(settings: EngineSettings, name: str) -> TransactionalProducer:
    """Start a producer under this transactional id: whoever had the id before is fenced.

    Raises:
        KafkaError: No broker could be reached.
    """
    client = LinkedClient(
        bootstrap_servers=list(settings.brokers), request_timeout_ms=settings.request_timeout_ms, **settings.auth
    )
    producer = TransactionalProducer(client, settings, name)
    try:
        await producer.start()
    except BaseException:
        await producer.close()
        raise
    return producer


async def discard(producer: TransactionalProducer) -> None:
    """Give up a producer whose transaction is lost: it says nothing more to the broker, not even goodbye."""
    with contextlib.suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(DISCARD_S):
            await producer.close()


async def end_transaction_of(settings: EngineSettings, name: str) -> None:
    """Abort the open transaction of this transactional id now, not after its timeout, and fence its producer."""
    producer = await start_producer(settings, name)
    await producer.close()
