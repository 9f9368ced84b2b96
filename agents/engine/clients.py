"""The engine's own consumers: without a group, closed whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from agents.engine.settings import EngineSettings

STOP_S = 5.0

Level = Literal["read_committed", "read_uncommitted"]


def passing(error: KafkaError) -> bool:
    """Whether the same may work in a moment."""
    return error.retriable or isinstance(error, KafkaTimeoutError)


@asynccontextmanager
async def consumer(settings: EngineSettings, level: Level, **options: Any) -> AsyncIterator[AIOKafkaConsumer]:
    """Start a consumer that belongs to no group, and stop it at the end.

    Raises:
        KafkaError: No broker could be reached.
    """
    made = AIOKafkaConsumer(
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
