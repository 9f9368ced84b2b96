"""Kafka by aiokafka: the engine's own clients, closed whatever happens."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from aiokafka.client import AIOKafkaClient

from agents.engine.consumer import PARTITION_BYTES, WAIT_MS, DirectConsumer
from agents.engine.kafka import Level
from agents.engine.link import LinkedClient
from agents.engine.producer import TransactionalProducer, discard, end_transaction_of, start_producer
from agents.engine.settings import EngineSettings

RETRY_BACKOFF_MS = 1000


@asynccontextmanager
async def connected(settings: EngineSettings, **options: Any) -> AsyncIterator[AIOKafkaClient]:
    """Connect, and disconnect at the end.

    Raises:
        KafkaError: No broker could be reached.
    """
    client = LinkedClient(
        bootstrap_servers=list(settings.brokers),
        request_timeout_ms=settings.request_timeout_ms,
        **settings.auth,
        **options,
    )
    try:
        await client.bootstrap()
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def consumer(
    settings: EngineSettings,
    level: Level,
    fetch_max_wait_ms: int = WAIT_MS,
    max_partition_fetch_bytes: int = PARTITION_BYTES,
) -> AsyncIterator[DirectConsumer]:
    """Start a consumer that belongs to no group, and stop it at the end.

    Raises:
        KafkaError: No broker could be reached.
    """
    async with connected(settings) as client:
        made = DirectConsumer(
            client,
            level,
            bound_s=settings.request_timeout_ms / 1000,
            wait_ms=fetch_max_wait_ms,
            partition_bytes=max_partition_fetch_bytes,
        )
        try:
            yield made
        finally:
            await made.stop()


class Clients:
    """The engine's `Kafka` that is one: brokers on the network."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaClient | None = None

    def consumer(self, level: Level, **options: Any) -> AbstractAsyncContextManager[DirectConsumer]:
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
        client = LinkedClient(
            bootstrap_servers=list(self._settings.brokers), **self._settings.auth, retry_backoff_ms=RETRY_BACKOFF_MS
        )
        try:
            await client.bootstrap()
        except BaseException:
            await client.close()
            raise
        client.set_topics(self._settings.topics)
        return client
