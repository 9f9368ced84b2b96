"""The two ways to speak of a transaction: with transaction version 2 (KIP-890, Kafka 4.0), and before it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, EndTxnRequest

from agents.engine.membership import Membership
from agents.engine.requests import ALL_REPLICAS, End, ImplicitOffsets, Offsets, Produce, Producer

VERSION = "transaction.version"
IMPLICIT = 2


class Dialect(Protocol):
    """Makes the requests of one producer's transactions; None where none is needed.

    Attributes:
        producer: Who the broker says that we are.
    """

    producer: Producer

    def name_partitions(self, places: Iterable[TopicPartition]) -> Any:
        """Name partitions to the coordinator, before something is written to them."""

    def name_group(self, group: Membership) -> Any:
        """Name the group to the coordinator, before it is sent offsets."""

    def write(self, batches: Mapping[TopicPartition, bytes], timeout_ms: int) -> Any:
        """Write batches."""

    def offsets(self, group: Membership, offsets: Mapping[TopicPartition, int]) -> Any:
        """Send offsets to the group."""

    def end(self, *, commit: bool) -> Any:
        """Commit or abort."""

    def ended(self, answer: Any) -> bool:
        """Hear how it ended. Returns whether the numbers of batches begin anew."""


class Implicit:
    """What is written to or sent belongs to the transaction, and each transaction has an epoch of its own."""

    def __init__(self, name: str, producer: Producer) -> None:
        self._name, self.producer = name, producer

    def name_partitions(self, _places: Iterable[TopicPartition]) -> None:
        """Need nothing."""

    def name_group(self, _group: Membership) -> None:
        """Need nothing."""

    def write(self, batches: Mapping[TopicPartition, bytes], timeout_ms: int) -> Produce:
        """Write batches."""
        return Produce(self._name, batches, timeout_ms)

    def offsets(self, group: Membership, offsets: Mapping[TopicPartition, int]) -> Offsets:
        """Send offsets to the group."""
        return ImplicitOffsets(self._name, self.producer, group, offsets)

    def end(self, *, commit: bool) -> End:
        """Commit or abort."""
        return End(self._name, self.producer, commit=commit)

    def ended(self, answer: Any) -> bool:
        """Take the next epoch."""
        self.producer = answer.producer
        return True


class Named:
    """Partitions and group are named to the coordinator first. Brokers before 4.0 know nothing else."""

    def __init__(self, name: str, producer: Producer) -> None:
        self._name, self.producer = name, producer
        self._named: set[object] = set()

    def name_partitions(self, places: Iterable[TopicPartition]) -> AddPartitionsToTxnRequest | None:
        """Name those that are new in this transaction."""
        topics: dict[str, list[int]] = defaultdict(list)
        for topic, partition in set(places) - self._named:
            topics[topic].append(partition)
        self._named.update(places)
        return AddPartitionsToTxnRequest(self._name, *self.producer, list(topics.items())) if topics else None

    def name_group(self, group: Membership) -> AddOffsetsToTxnRequest | None:
        """Name it once in a transaction."""
        if str(group) in self._named:
            return None
        self._named.add(str(group))
        return AddOffsetsToTxnRequest(self._name, *self.producer, str(group))

    def write(self, batches: Mapping[TopicPartition, bytes], timeout_ms: int) -> ProduceRequest:
        """Write batches."""
        topics: dict[str, list[tuple[int, bytes]]] = defaultdict(list)
        for (topic, partition), batch in batches.items():
            topics[topic].append((partition, batch))
        written = list(topics.items())
        return ProduceRequest(
            transactional_id=self._name, required_acks=ALL_REPLICAS, timeout=timeout_ms, topics=written
        )

    def offsets(self, group: Membership, offsets: Mapping[TopicPartition, int]) -> Offsets:
        """Send offsets to the group."""
        return Offsets(self._name, self.producer, group, offsets)

    def end(self, *, commit: bool) -> EndTxnRequest:
        """Commit or abort."""
        return EndTxnRequest(self._name, *self.producer, commit)

    def ended(self, _answer: Any) -> bool:
        """Go on as before."""
        self._named = set()
        return False


def dialect(levels: Mapping[str, int], name: str, producer: Producer) -> Dialect:
    """The one that a cluster with features of these levels speaks."""
    return (Implicit if levels.get(VERSION, 0) >= IMPLICIT else Named)(name, producer)
