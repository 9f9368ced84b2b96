"""A transactional producer over the model broker: its sender asks in the order in which aiokafka's does."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import (
    ConcurrentTransactions,
    IllegalGenerationError,
    InvalidProducerEpoch,
    KafkaError,
    NodeNotReadyError,
    ProducerFenced,
    RebalanceInProgressError,
    RequestTimedOutError,
    UnknownMemberIdError,
)

from agents.engine.membership import Membership, RefusedError
from tests.simulation.group import Claim, FencedInstanceIdError
from tests.simulation.log import Entry, Identity
from tests.simulation.network import Line, Network

AGAIN = (NodeNotReadyError, RequestTimedOutError, ConcurrentTransactions)
BACKOFF_S = 0.02
REFUSALS = {
    IllegalGenerationError: "ILLEGAL_GENERATION",
    UnknownMemberIdError: "UNKNOWN_MEMBER_ID",
    RebalanceInProgressError: "REBALANCE_IN_PROGRESS",
    FencedInstanceIdError: "FENCED_INSTANCE_ID",
}


class ModelBatch:
    """Takes so many records; the first one always."""

    def __init__(self, records_max: int) -> None:
        self.entries: list[Entry] = []
        self._records_max = records_max

    def append(
        self, *, timestamp: int | None, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
    ) -> object:
        del timestamp
        if len(self.entries) >= self._records_max:
            return None
        self.entries.append((key, value, tuple(headers)))
        return self

    def record_count(self) -> int:
        return len(self.entries)


class ModelProducer:
    """One sender works off what is asked: new partitions first, then records, then offsets, then the end."""

    def __init__(self, network: Network, name: str, timeout_s: float, batch_max: int) -> None:
        self.name, self._network, self._timeout_s, self._batch_max = name, network, timeout_s, batch_max
        self._line, self._data = Line(), Line()
        self._identity = Identity(-1, -1)
        self._sequences: dict[TopicPartition, int] = {}
        self._partitions: set[TopicPartition] = set()
        self._group_added = False
        self._queue: dict[TopicPartition, list[tuple[list[Entry], asyncio.Future[None]]]] = {}
        self._running = False
        self._fatal: KafkaError | None = None
        self._sending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take the transactional id."""
        self._identity = await self._ask("init_producer", self.name, self._timeout_s)

    def discard(self) -> None:
        """Say nothing more."""
        self._fatal = self._fatal or ProducerFenced()
        if self._sending is not None:
            self._sending.cancel()

    def create_batch(self) -> ModelBatch:
        return ModelBatch(self._batch_max)

    async def begin_transaction(self) -> None:
        self._check()
        assert not self._running, "a transaction runs"
        self._running = True

    async def send_batch(self, batch: ModelBatch, topic: str, *, partition: int) -> Awaitable[None]:
        self._check()
        assert self._running, "no transaction runs"
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.setdefault(TopicPartition(topic, partition), []).append((batch.entries, done))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return done

    async def send_offsets_to_transaction(self, offsets: Mapping[TopicPartition, int], group_id: Membership) -> None:
        self._check()
        if not self._group_added:
            await self._ask("add_offsets", self.name, self._identity, str(group_id))
            self._group_added = True
        claim = Claim(group_id.generation, group_id.member_id, group_id.instance)
        try:
            await self._ask("commit_offsets", self.name, self._identity, str(group_id), claim, dict(offsets))
        except tuple(REFUSALS) as error:
            raise RefusedError(REFUSALS[type(error)]) from error

    async def commit_transaction(self) -> None:
        await self._end(commit=True)

    async def abort_transaction(self) -> None:
        await self._end(commit=False)

    async def _end(self, *, commit: bool) -> None:
        self._check()
        assert self._running, "no transaction runs"
        if self._sending is not None:
            await asyncio.wait([self._sending])  # what is queued goes out first, also before an abort
        if self._partitions or self._group_added:
            await self._ask("end_transaction", self.name, self._identity, commit)
        self._running, self._group_added, self._partitions = False, False, set()

    async def _send(self) -> None:
        while self._queue:
            try:
                new = tuple(place for place in self._queue if place not in self._partitions)
                if new:
                    await self._ask("add_partitions", self.name, self._identity, new)
                    self._partitions.update(new)
                await self._produce()
            except KafkaError as error:
                self._fail_all(error)

    async def _produce(self) -> None:
        """Send the oldest batch of each partition, and the same again until there is an answer."""
        taken = {place: waiting.pop(0) for place, waiting in self._queue.items() if place in self._partitions}
        self._queue = {place: waiting for place, waiting in self._queue.items() if waiting}
        batches = {place: (self._sequences.get(place, 0), entries) for place, (entries, _) in taken.items()}
        try:
            errors = await self._ask("produce", self.name, self._identity, batches, line=self._data)
        except KafkaError as error:
            errors = dict.fromkeys(taken, error)
        for place, (entries, done) in taken.items():
            error = errors.get(place)
            if error is None:
                self._sequences[place] = self._sequences.get(place, 0) + len(entries)
                _settle(done, None)
            else:
                _settle(done, ProducerFenced() if isinstance(error, InvalidProducerEpoch) else error)

    def _fail_all(self, error: KafkaError) -> None:
        failed = [done for waiting in self._queue.values() for _, done in waiting]
        self._queue = {}
        for done in failed:
            _settle(done, error)

    async def _ask(self, api: str, *arguments: Any, line: Line | None = None) -> Any:
        """Ask until there is an answer. What aiokafka's sender cannot go on from is remembered."""
        while True:
            self._check()
            try:
                return await self._network.call(line or self._line, api, *arguments)
            except AGAIN:
                await asyncio.sleep(BACKOFF_S)
            except tuple(REFUSALS):
                raise
            except InvalidProducerEpoch:
                self._fatal = ProducerFenced()
            except KafkaError as error:
                self._fatal = KafkaError(f"Unexpected error during batch delivery: {error!r}")

    def _check(self) -> None:
        if self._fatal is not None:
            raise self._fatal


def _settle(done: asyncio.Future[None], error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
        done.exception()
