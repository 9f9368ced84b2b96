"""Reads partitions at offsets of our own: no group, no seek behind our back, one fetch in the air for each broker.

aiokafka's consumer asks for every partition each time, holds back what it has read for a tenth of a second, and costs
more than folding when there is little to read.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code

from agents.engine.edges import BACKOFF_S, EARLIEST, LATEST, NOBODY, by_leader, offsets
from agents.engine.fold import Record
from agents.engine.kafka import Level
from agents.engine.moment import now
from agents.engine.records import Row, Unpacking
from agents.engine.session import FetchSession
from agents.engine.wire import Fetched

WAIT_MS, PARTITION_BYTES = 100, 1024 * 1024

T = TypeVar("T")
Unpack = Callable[[Unpacking, int | None], list[T]]
"""One of the two ways to take what was read."""


class Cursor:
    """Where we are in one partition.

    Attributes:
        position: The offset of the next record to be given.
        stable: The last stable offset as of the last answer that named one.
        unpacking: What was read and not given.
    """

    __slots__ = ("position", "stable", "unpacking")

    def __init__(self) -> None:
        self.position = 0
        self.stable: int | None = None
        self.unpacking: Unpacking | None = None

    def take(self, unpack: Unpack[T], most: int | None) -> list[T]:
        """Give what was read, until there are so many records or more."""
        if self.unpacking is None:
            return []
        taken = unpack(self.unpacking, most)
        self.position = self.unpacking.position
        if not self.unpacking.left:
            self.unpacking = None
        return taken


class DirectConsumer:
    """The engine's `Consumer` over a client that was bootstrapped."""

    def __init__(
        self,
        client: AIOKafkaClient,
        level: Level,
        *,
        bound_s: float,
        wait_ms: int = WAIT_MS,
        partition_bytes: int = PARTITION_BYTES,
    ) -> None:
        self._client, self._committed, self._bound_s = client, level == "read_committed", bound_s
        self._partition_bytes = partition_bytes
        self._cursors: dict[TopicPartition, Cursor] = {}
        self._sessions: dict[int, FetchSession] = defaultdict(FetchSession)
        self._asking: dict[int, asyncio.Task[None]] = {}
        self._error: BaseException | None = None
        self._min_bytes, self._wait_ms = 1, wait_ms

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """Read these partitions and no others."""
        self._cursors = {place: Cursor() for place in partitions}
        self._client.set_topics({place.topic for place in partitions})

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on at this offset."""
        cursor = self._cursors[partition]
        cursor.position, cursor.unpacking = offset, None

    async def seek_to_beginning(self) -> None:
        """Go to the first record of every assigned partition."""
        for place, offset in (await self.beginning_offsets(list(self._cursors))).items():
            self.seek(place, offset)

    async def position(self, partition: TopicPartition) -> int:
        """Give the offset of the next record to be read."""
        return self._cursors[partition].position

    def unread(self, partition: TopicPartition) -> int | None:
        """Tell how many offsets were there to be read beyond our position at the last fetch; None before the first."""
        cursor = self._cursors[partition]
        return None if cursor.stable is None else max(0, cursor.stable - cursor.position)

    def hold(self, min_bytes: int, wait_ms: int) -> None:
        """Let the broker hold the next fetches until there are so many bytes, or for so long."""
        self._min_bytes, self._wait_ms = min_bytes, wait_ms

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the offset of the first record."""
        return await offsets(self._client, partitions, EARLIEST, committed=self._committed, bound_s=self._bound_s)

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the high watermark, or with read_committed the last stable offset."""
        return await offsets(self._client, partitions, LATEST, committed=self._committed, bound_s=self._bound_s)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Record]]:
        """Give records of these partitions, in order, or nothing after the timeout.

        Whole batches are given, so there may be more than asked for.

        Raises:
            OffsetOutOfRangeError: The partition does not hold our position any more.
            KafkaError: A broker refuses us.
        """
        got: Mapping[TopicPartition, Sequence[Any]]
        got = await self._get(Unpacking.records, partitions, timeout_ms, max_records)
        return got

    async def getrows(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Row]]:
        """Give keys and values alone, else as `getmany` does."""
        return await self._get(Unpacking.rows, partitions, timeout_ms, max_records)

    async def _get(
        self, unpack: Unpack[T], partitions: Iterable[TopicPartition], wait_ms: int, most: int | None
    ) -> dict[TopicPartition, list[T]]:
        limit = now() + wait_ms / 1000
        while True:
            got = self._drain(unpack, partitions, most)
            if got:
                return got
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            self._ask(partitions)
            left = limit - now()
            if left <= 0:
                return {}
            await asyncio.wait(self._asking.values(), timeout=left, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Take back what is in the air."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _drain(
        self, unpack: Unpack[T], partitions: Iterable[TopicPartition], most: int | None
    ) -> dict[TopicPartition, list[T]]:
        got: dict[TopicPartition, list[T]] = {}
        for place in partitions:
            taken = self._cursors[place].take(unpack, most)
            if taken:
                got[place] = taken
                if most is not None:
                    most -= len(taken)
                    if most <= 0:
                        break
        return got

    def _ask(self, partitions: Iterable[TopicPartition]) -> None:
        """Have each broker asked that leads one of these and is not being asked."""
        for node, places in by_leader(self._client, partitions).items():
            if node not in self._asking:
                asked = {place: self._cursors[place].position for place in places}
                self._asking[node] = task = asyncio.create_task(self._fetch(node, asked))
                task.add_done_callback(partial(self._asked, node))

    def _asked(self, node: int, task: asyncio.Task[None]) -> None:
        del self._asking[node]
        if not task.cancelled() and task.exception() is not None:
            self._error = task.exception()

    async def _fetch(self, node: int, asked: Mapping[TopicPartition, int]) -> None:
        if node == NOBODY:
            await self._look_around()
            return
        session = self._sessions[node]
        request = session.ask(
            asked,
            wait_ms=self._wait_ms,
            min_bytes=self._min_bytes,
            partition_bytes=self._partition_bytes,
            committed=int(self._committed),
        )
        try:
            answer = await self._client.send(node, request)
            if session.heard(answer):
                self._take(answer.partitions, asked)
        except KafkaError as error:
            if not error.retriable:
                raise
            await asyncio.sleep(BACKOFF_S)
            await self._look_around()

    def _take(self, partitions: Iterable[Fetched], asked: Mapping[TopicPartition, int]) -> None:
        errors = []
        for fetched in partitions:
            cursor, offset = self._cursors.get(fetched.place), asked.get(fetched.place)
            if cursor is None or offset is None or cursor.position != offset:
                continue  # somebody has sought meanwhile
            if fetched.error:
                errors.append(for_code(fetched.error)({fetched.place: offset}))
            else:
                cursor.stable = fetched.stable
                if fetched.records:
                    cursor.unpacking = Unpacking(fetched, offset, committed=self._committed)
        if errors:
            raise errors[0]

    async def _look_around(self) -> None:
        """Ask who leads what."""
        if not await self._client.force_metadata_update():
            await asyncio.sleep(BACKOFF_S)
