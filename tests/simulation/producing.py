"""What the engine's producer asks of a broker, as calls of the model: the requests come as they are sent."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.record.memory_records import MemoryRecords

from agents.engine.dialect import IMPLICIT, VERSION
from agents.engine.direct import Direct
from agents.engine.requests import End, Features, Offsets, Produce, Producer
from tests.simulation.group import Claim
from tests.simulation.log import Entry, Identity

UNPACKED = dict.fromkeys(range(100), (0, 100))
"""Versions with which aiokafka gives its request as a struct with all fields."""
PRODUCE = 0


def entries_of(batch: bytes) -> tuple[Identity, list[Entry]]:
    """Read a batch as a broker does: whose it is, the number of its first record, and its records."""
    read = MemoryRecords(batch).next_batch()
    assert read is not None
    assert read.is_transactional
    identity = Identity(read.producer_id, read.producer_epoch, read.base_sequence)
    return identity, [(record.key, record.value, tuple(record.headers)) for record in read]


def call_of(request: Any) -> tuple[str, tuple[Any, ...]]:
    """The call of the model broker that a request stands for."""
    struct = request.prepare(UNPACKED)
    name, arguments = CALLS[struct.API_KEY]
    return name, arguments(struct)


def answer_of(request: Any, result: Any, error: KafkaError | None) -> Any:
    """The answer to a request, of what the model said."""
    struct, code = request.prepare(UNPACKED), 0 if error is None else error.errno
    if isinstance(request, Features):
        return SimpleNamespace(error_code=code, levels={VERSION: IMPLICIT if result else 0})
    if struct.API_KEY == PRODUCE:
        codes = [(place, result[place].errno if place in result else 0) for place in _batches(struct)]
        return SimpleNamespace(topics=[(place.topic, [(place.partition, each)]) for place, each in codes])
    producer = Producer(result.pid, result.epoch) if isinstance(result, Identity) else Producer(-1, -1)
    return SimpleNamespace(error_code=code, producer=producer, producer_id=producer.id, producer_epoch=producer.epoch)


def _who(struct: Any) -> tuple[str, Identity]:
    if isinstance(struct, Direct):
        return struct.name, Identity(*struct.producer)
    return struct.transactional_id, Identity(struct.producer_id, struct.producer_epoch)


def _batches(struct: Any) -> dict[TopicPartition, bytes]:
    if isinstance(struct, Produce):
        return dict(struct.batches)
    return {TopicPartition(topic, partition): batch for topic, theirs in struct.topics for partition, batch in theirs}


def _produce(struct: Any) -> tuple[Any, ...]:
    return struct.name if isinstance(struct, Produce) else struct.transactional_id, _batches(struct)


def _partitions(struct: Any) -> tuple[Any, ...]:
    places = tuple(TopicPartition(topic, partition) for topic, theirs in struct.topics for partition in theirs)
    return *_who(struct), places


def _end(struct: Any) -> tuple[Any, ...]:
    return *_who(struct), bool(struct.commit if isinstance(struct, End) else struct.transaction_result)


def _offsets(struct: Offsets) -> tuple[Any, ...]:
    member = struct.membership
    claim = Claim(member.generation, member.member_id, member.instance)
    return *_who(struct), str(member), claim, dict(struct.offsets)


CALLS: Mapping[int, tuple[str, Callable[[Any], tuple[Any, ...]]]] = {
    PRODUCE: ("produce", _produce),
    18: ("features", lambda _: ()),
    22: ("init_producer", lambda struct: (struct.transactional_id, struct.transaction_timeout_ms / 1000)),
    24: ("add_partitions", _partitions),
    25: ("add_offsets", lambda struct: (*_who(struct), struct.group_id)),
    26: ("end_transaction", _end),
    28: ("commit_offsets", _offsets),
}
"""What each request asks of the model, by Kafka's key of the request."""
