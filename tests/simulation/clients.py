"""The engine's port to Kafka, over the model broker: what aiokafka's clients do with its answers."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Self

from aiokafka import TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    OffsetOutOfRangeError,
    RequestTimedOutError,
)

from tests.simulation.log import Record
from tests.simulation.network import Line, Network
from tests.simulation.producer import ModelProducer

BACKOFF_S = 0.1
HOLD_S = 0.5
"""The broker answers at once when something comes, so a longer wait only saves steps."""
LOST = (NodeNotReadyError, RequestTimedOutError)


class ModelConsumer:
    """Fetches in the background, hands out what it has, and steps over markers and what is not committed."""

    def __init__(self, network: Network, *, committed: bool, patience_s: float, fetch_max: int) -> None:
        self._network, self._committed = network, committed
        self._patience_s, self._fetch_max = patience_s, fetch_max
        self._line = Line()
        self._places: list[TopicPartition] = []
        self._next: dict[TopicPartition, int] = {}
        self._following: dict[TopicPartition, int] = {}
        self._buffers: dict[TopicPartition, deque[Record]] = {}
        self._stable: dict[TopicPartition, int] = {}
        self._fetching: asyncio.Future[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._error: KafkaError | None = None
        self._wait_s = 0.5
        self._turn = 0

    async def __aenter__(self) -> Self:
        await connect(self._network)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._fetching = None  # what is still on its way is nobody's

    def hold(self, min_bytes: int, wait_ms: int) -> None:
        del min_bytes  # the model answers with the first record
        self._wait_s = max(HOLD_S, wait_ms / 1000)

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        self._places = list(partitions)
        self._next, self._following, self._buffers, self._stable = {}, {}, {}, {}
        self._fetching = None

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._next[partition] = self._following[partition] = offset
        self._buffers[partition] = deque()
        self._fetching = None

    async def seek_to_beginning(self) -> None:
        for place, offset in (await self.beginning_offsets(self._places)).items():
            self.seek(place, offset)

    async def position(self, partition: TopicPartition) -> int:
        return self._next[partition]

    def unread(self, partition: TopicPartition) -> int | None:
        stable = self._stable.get(partition)
        return None if stable is None else max(0, stable - self._next[partition])

    def last_stable_offset(self, partition: TopicPartition) -> int | None:
        return self._stable.get(partition)

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return await self._ask("offsets", tuple(partitions), "start")

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return await self._ask("offsets", tuple(partitions), "stable" if self._committed else "end")

    async def _ask(self, api: str, *arguments: Any) -> Any:
        limit = self._network.loop.time() + self._patience_s
        while True:
            try:
                return await self._network.call(self._line, api, *arguments)
            except LOST as error:
                if self._network.loop.time() > limit:
                    raise KafkaTimeoutError from error
                await asyncio.sleep(BACKOFF_S)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Record]]:
        got = self._take(partitions, max_records or self._fetch_max)
        if not got:
            loop = self._network.loop
            self._fetch()
            self._waiter = loop.create_future()
            timer = loop.call_later(timeout_ms / 1000, _wake, self._waiter)
            await self._waiter
            timer.cancel()
            got = self._take(partitions, max_records or self._fetch_max)
        if self._error is not None and not got:
            error, self._error = self._error, None
            raise error
        return got

    async def getrows(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[tuple[bytes | None, bytes | None]]]:
        got = await self.getmany(*partitions, timeout_ms=timeout_ms, max_records=max_records)
        return {place: [(record.key, record.value) for record in records] for place, records in got.items()}

    def _take(self, partitions: Sequence[TopicPartition], records_max: int) -> dict[TopicPartition, list[Record]]:
        """Give what was fetched; each call begins with another partition."""
        got = {}
        self._turn += 1
        turn = self._turn % len(partitions) if partitions else 0
        for place in (*partitions[turn:], *partitions[:turn]):
            buffer = self._buffers[place]
            if buffer and records_max:
                taken = [buffer.popleft() for _ in range(min(records_max, len(buffer)))]
                records_max -= len(taken)
                got[place] = taken
                self._next[place] = taken[-1].offset + 1
            if not buffer:
                self._next[place] = self._following[place]
        return got

    def _fetch(self) -> None:
        if self._fetching is not None and not self._fetching.done():
            return
        empty = {place: self._following[place] for place in self._places if not self._buffers[place]}
        if not empty:
            return
        level = "read_committed" if self._committed else "read_uncommitted"
        arguments = (self, empty, level, self._fetch_max, self._wait_s)
        self._fetching = fetching = self._network.call(self._line, "fetch", *arguments)
        fetching.add_done_callback(self._fetched)

    def _fetched(self, fetching: asyncio.Future[Any]) -> None:
        if fetching is not self._fetching:
            return  # assigned or sought anew meanwhile
        error = fetching.exception()
        if isinstance(error, OffsetOutOfRangeError):
            self._error = error
        elif error is None:
            for place, (records, following, stable) in fetching.result().items():
                self._buffers[place].extend(records)
                self._following[place], self._stable[place] = following, stable
                if not records:
                    self._next[place] = following
        else:
            self._network.loop.call_later(BACKOFF_S, _wake, self._waiter)
            return
        _wake(self._waiter)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


async def connect(network: Network) -> None:
    """Begin as each client does.

    Raises:
        KafkaConnectionError: No broker could be reached.
    """
    try:
        await network.call(Line(), "partitions")
    except LOST as error:
        raise KafkaConnectionError from error


class ModelKafka:
    """Makes the clients of one simulated worker.

    Args:
        network: Between it and the broker.
        timeouts_s: How long a consumer asks before it gives up, and how long a transaction may last.
        fetch_max: Records that a fetch brings at most.
        batch_max: Records that a batch takes at most.
    """

    def __init__(self, network: Network, timeouts_s: tuple[float, float], fetch_max: int, batch_max: int) -> None:
        self.network, self._fetch_max, self._batch_max = network, fetch_max, batch_max
        self._request_timeout_s, self._transaction_timeout_s = timeouts_s
        self._line = Line()

    def consumer(self, level: str, **_options: Any) -> ModelConsumer:
        return ModelConsumer(
            self.network,
            committed=level == "read_committed",
            patience_s=self._request_timeout_s,
            fetch_max=self._fetch_max,
        )

    async def start_producer(self, name: str) -> ModelProducer:
        await connect(self.network)
        producer = ModelProducer(self.network, name, self._transaction_timeout_s, self._batch_max)
        await producer.start()
        return producer

    async def discard(self, producer: ModelProducer) -> None:
        producer.discard()

    async def end_transaction_of(self, name: str) -> None:
        await self.start_producer(name)

    async def partitions(self) -> dict[str, int] | None:
        try:
            found: dict[str, int] = await self.network.call(self._line, "partitions")
        except LOST:
            return None
        return found
