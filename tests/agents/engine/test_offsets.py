"""TxnOffsetCommit v3 on the wire, byte for byte, and what the answers mean."""

import asyncio
from collections import deque
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.client import CoordinationType
from aiokafka.errors import KafkaConnectionError, ProducerFenced, TransactionalIdAuthorizationFailed
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from agents.engine.membership import Membership, RefusedError
from agents.engine.offsets import (
    REFUSALS,
    FencedOffsetsHandler,
    FencedSender,
    TxnOffsetCommitResponse,
    TxnOffsetCommitStruct,
    offsets_request,
)

OFFSETS = {
    TopicPartition("in", 3): OffsetAndMetadata(1042, ""),
    TopicPartition("in", 1): OffsetAndMetadata(5, ""),
}


def encoded(instance: str | None) -> bytes:
    request = offsets_request("app-w0", (77, 2), Membership("app", 9, "m-1", instance), OFFSETS)
    return bytes(request.build(TxnOffsetCommitStruct).encode())


def test_the_request_is_what_kafka_documents() -> None:
    wanted = (
        b"\x07app-w0"  # transactional id: length + 1, bytes
        b"\x04app"
        + (77).to_bytes(8, "big")
        + (2).to_bytes(2, "big")
        + (9).to_bytes(4, "big")
        + b"\x04m-1"
        + b"\x03w0"
        + b"\x02"  # one topic
        + b"\x03in"
        + b"\x03"  # two partitions, in order
        + (1).to_bytes(4, "big")
        + (5).to_bytes(8, "big")
        + b"\xff\xff\xff\xff"  # no leader epoch
        + b"\x01\x00"  # empty metadata, no tags
        + (3).to_bytes(4, "big")
        + (1042).to_bytes(8, "big")
        + b"\xff\xff\xff\xff"
        + b"\x01\x00"
        + b"\x00"  # topic tags
        + b"\x00"  # tags
    )
    assert encoded("w0") == wanted


def test_a_dynamic_member_has_a_null_instance() -> None:
    assert encoded("w0").replace(b"\x03w0", b"\x00") == encoded(None)


def test_the_response_is_read() -> None:
    raw = b"\x00\x00\x00\x00\x02\x03in\x02\x00\x00\x00\x03\x00\x16\x00\x00\x00"
    response = TxnOffsetCommitResponse.decode(BytesIO(raw))
    assert response.topics == [("in", [(3, 22, {})], {})]


class State:
    """The part of aiokafka's transaction manager that the handler touches."""

    def __init__(self, waiting: "asyncio.Future[None]") -> None:
        self.transactional_id, self.producer_id, self.producer_epoch = "app-w0", 77, 2
        self._pending_txn_offsets = deque([("app", dict(OFFSETS), waiting)])
        self.accepted: list[TopicPartition] = []

    def offset_committed(self, place: TopicPartition, _offset: int, _group: str) -> None:
        self.accepted.append(place)


def answer(*codes: int) -> Any:
    partitions = [(place.partition, code, {}) for place, code in zip(sorted(OFFSETS), codes, strict=True)]
    return SimpleNamespace(topics=[("in", partitions, {})])


async def handler() -> tuple[FencedOffsetsHandler, State, "asyncio.Future[None]"]:
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    state = State(waiting)
    sender = SimpleNamespace(_txn_manager=state, _retry_backoff=0.01, _coordinator_dead=lambda _kind: None)
    return FencedOffsetsHandler(sender, dict(OFFSETS), Membership("app", 9, "m-1", None)), state, waiting


async def test_accepted_offsets_are_noted() -> None:
    handling, state, waiting = await handler()
    assert handling.handle_response(answer(0, 0)) is None
    assert state.accepted == sorted(OFFSETS)
    assert not waiting.done()


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_reaches_the_caller_and_leaves_the_transaction_open(code: int) -> None:
    handling, state, waiting = await handler()
    assert handling.handle_response(answer(0, code)) is None
    with pytest.raises(RefusedError, match=REFUSALS[code]):
        await waiting
    assert not state._pending_txn_offsets


@pytest.mark.parametrize("code", [14, 15, 16, 3, 7])
async def test_a_passing_trouble_is_tried_again(code: int) -> None:
    handling, _, waiting = await handler()
    assert handling.handle_response(answer(code, code)) == pytest.approx(0.01)
    assert not waiting.done()


async def test_a_newer_producer_of_our_name_ends_us() -> None:
    handling, _, _ = await handler()
    with pytest.raises(ProducerFenced):
        handling.handle_response(answer(47, 47))


class Client:
    """Answers a search for a coordinator with these, one after the other."""

    def __init__(self, *answers: Exception | int) -> None:
        self.answers = list(answers)

    async def coordinator_lookup(self, _kind: Any, _key: str) -> int:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ready(self, _node: int, **_options: Any) -> bool:
        return True

    async def force_metadata_update(self) -> bool:
        return True


def looking(*answers: Exception | int) -> FencedSender:
    return FencedSender(
        Client(*answers),
        acks=-1,
        txn_manager=SimpleNamespace(transactional_id="app-w0"),
        message_accumulator=None,
        retry_backoff_ms=1,
        request_timeout_ms=1000,
    )


async def test_a_coordinator_is_looked_for_again_when_the_broker_goes_away_in_an_answer() -> None:
    sender = looking(KafkaConnectionError(), KafkaConnectionError(), 7)
    assert await sender._find_coordinator(CoordinationType.TRANSACTION, "app-w0") == 7


async def test_a_refusal_is_not_asked_for_again() -> None:
    sender = looking(TransactionalIdAuthorizationFailed(), 7)
    with pytest.raises(TransactionalIdAuthorizationFailed):
        await sender._find_coordinator(CoordinationType.TRANSACTION, "app-w0")
