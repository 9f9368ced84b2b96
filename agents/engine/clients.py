"""Kafka by aiokafka: the engine's own clients, closed whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient

from agents.engine.kafka import Level
from agents.engine.producer import TransactionalProducer, discard, end_transaction_of, start_producer
from agents.engine.settings import EngineSettings

STOP_S = 5.0
RETRY_BACKOFF_MS = 1000


class PacedConsumer(AIOKafkaConsumer):
    """aiokafka's consumer, whose fetches can be held by the broker as the moment asks."""

    def hold(self, min_bytes: int, wait_ms: int) -> None:
        """Let the broker hold the next fetches until there are so many bytes, or for so long."""
        self._fetcher._fetch_min_bytes, self._fetcher._fetch_max_wait_ms = min_bytes, wait_ms  # noqa: SLF001

    def unread(self, partition: TopicPartition) -> int | None:
        """Tell how many offsets were there to be read beyond our position at the last fetch; None before the first."""
        state = self._subscription.subscription.assignment.state_value(partition)
        return None if state.lso is None else max(0, int(state.lso - state.position))


@asynccontextmanager
async def consumer(settings: EngineSettings, level: Level, **options: Any) -> AsyncIterator[PacedConsumer]:
    """Start a consumer that belongs to no group, and stop it at the end.

    Raises:
        KafkaError: No broker could be reached.
    """
    made = PacedConsumer(
        bootstrap_servers=list(settings.brokers),
        group_id=None,
        isolation_level=level,
        enable_auto_commit=False,
        request_timeout_ms=settings.request_timeout_ms,
        **settings.auth,
        **{"auto_offset_reset": "none", **options},
    )
    try:
        await made.start()
        # aiokafka's NoGroupCoordinator.close() leaks a CancelledError if its task never had a turn.
        await asyncio.sleep(0)
        yield made
    finally:
        await _stop(made)


async def _stop(made: AIOKafkaConsumer) -> None:
    """Stop a consumer in a task of its own.

    aiokafka's Fetcher.close() awaits tasks that it has cancelled, so stop() may end with a CancelledError that is not
    ours, halfway; Faust would take it for the cancellation of its fetcher.
    """
    stopping = asyncio.create_task(made.stop())
    await asyncio.wait([stopping], timeout=STOP_S)
    if not stopping.done() or stopping.cancelled() or stopping.exception() is not None:
        stopping.cancel()
        await made._client.close()  # noqa: SLF001


class Clients:
    """The engine's `Kafka` that is one: brokers on the network."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaClient | None = None

    def consumer(self, level: Level, **options: Any) -> AbstractAsyncContextManager[PacedConsumer]:
        """Start a consumer that belongs to no group, and stop it at the end."""
        return consumer(self._settings, level, **options)

    async def start_producer(self, name: str) -> TransactionalProducer:
        """Start a producer under this transactional id."""
        return await start_producer(self._settings, name)

    async def discard(self, producer: TransactionalProducer) -> None:
        """Give up a producer whose transaction is lost."""
        await discard(producer)

    async def end_transaction_of(self, name: str) -> None:
        """Abort the open transaction of this transactional id now."""
        await end_transaction_of(self._settings, name)

    async def partitions(self) -> dict[str, int] | None:
        """Ask for the topics, on a connection of their own."""
        if self._client is None:
            self._client = await self._connect()
        if not await self._client.force_metadata_update():
            return None
        known = self._client.cluster.partitions_for_topic
        return {topic: len(known(topic) or ()) for topic in self._settings.topics}

    async def _connect(self) -> AIOKafkaClient:
        client = AIOKafkaClient(
            bootstrap_servers=list(self._settings.brokers), **self._settings.auth, retry_backoff_ms=RETRY_BACKOFF_MS
        )
        try:
            await client.bootstrap()
        except BaseException:
            await client.close()
            raise
        client.set_topics(self._settings.topics)
        return client
