"""What the engine asks of Kafka, so that it runs against the broker and against a model of it."""

from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, KafkaTimeoutError

from agents.engine.fold import Record
from agents.engine.membership import Membership

Level = Literal["read_committed", "read_uncommitted"]


def passing(error: KafkaError) -> bool:
    """Whether the same may work in a moment."""
    return error.retriable or isinstance(error, KafkaTimeoutError)


class Consumer(Protocol):
    """A consumer without a group, with aiokafka's names. Every awaited call may raise a KafkaError."""

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """Read these partitions and no others."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on at this offset."""

    async def seek_to_beginning(self) -> None:
        """Go to the first record of every assigned partition."""

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Record]]:
        """Give records of these partitions, in order, or nothing after the timeout; max_records more or less."""

    async def getrows(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[tuple[bytes | None, bytes | None]]]:
        """Give keys and values alone, else as `getmany` does."""

    async def position(self, partition: TopicPartition) -> int:
        """Give the offset of the next record to be read."""

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the offset of the first record."""

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the high watermark, or with read_committed the last stable offset."""

    def unread(self, partition: TopicPartition) -> int | None:
        """Tell how many offsets were there to be read beyond our position at the last fetch; None before the first."""

    def hold(self, min_bytes: int, wait_ms: int) -> None:
        """Let the broker hold a fetch until there are so many bytes, or for so long."""


class Producer(Protocol):
    """A transactional producer, with aiokafka's names. Every awaited call may raise a KafkaError."""

    def create_batch(self) -> Any:
        """Give an empty batch: `append(timestamp, key, value, headers)` is None when it is full."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        """Hand a batch over; the result is done when the broker has acknowledged it."""

    async def begin_transaction(self) -> None:
        """Begin; the broker hears of it with the first batch."""

    async def send_offsets_to_transaction(self, offsets: Mapping[TopicPartition, int], group_id: Membership) -> None:
        """Have the group accept these offsets when the transaction is committed.

        Raises:
            RefusedError: The group does not know this membership. The transaction is still open.
        """

    async def commit_transaction(self) -> None:
        """Make everything since the beginning visible."""

    async def abort_transaction(self) -> None:
        """Take everything since the beginning back."""


class Kafka(Protocol):
    """Makes the clients of one worker."""

    def consumer(self, level: Level, **options: Any) -> AbstractAsyncContextManager[Consumer]:
        """Start a consumer that belongs to no group, and stop it at the end; options are aiokafka's."""

    async def start_producer(self, name: str) -> Producer:
        """Start a producer under this transactional id: whoever had the id before is fenced."""

    async def discard(self, producer: Any) -> None:
        """Give up a producer whose transaction is lost: it says nothing more to the broker, not even goodbye."""

    async def end_transaction_of(self, name: str) -> None:
        """Abort the open transaction of this transactional id now, and fence its producer."""

    async def partitions(self) -> dict[str, int] | None:
        """Ask the broker how many partitions our topics have, 0 for one that is missing; None: no answer.

        Raises:
            KafkaError: No broker could be reached.
            OSError: The same.
        """
