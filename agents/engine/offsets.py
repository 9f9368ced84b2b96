"""Sends offsets in a transaction together with the group membership (KIP-447), which aiokafka does not do yet."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.client import ConnectionGroup, CoordinationType
from aiokafka.errors import KafkaError
from aiokafka.producer.sender import Sender, TxnOffsetCommitHandler
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import CompactArray, CompactString, Int16, Int32, Int64, Schema, TaggedFields
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from agents.engine.membership import Membership, RefusedError

REFUSALS = {
    22: "ILLEGAL_GENERATION",
    25: "UNKNOWN_MEMBER_ID",
    27: "REBALANCE_IN_PROGRESS",
    82: "FENCED_INSTANCE_ID",
}
TEXT = CompactString("utf-8")


class TxnOffsetCommitResponse(Response):
    """TxnOffsetCommit response, version 3."""

    API_KEY = 28
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "topics",
            CompactArray(
                ("name", TEXT),
                (
                    "partitions",
                    CompactArray(("partition", Int32), ("error_code", Int16), ("tags", TaggedFields)),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class TxnOffsetCommitStruct(RequestStruct):
    """TxnOffsetCommit request, version 3: the first with generation, member id and instance id."""

    FLEXIBLE_VERSION = True
    API_KEY = 28
    API_VERSION = 3
    RESPONSE_TYPE = TxnOffsetCommitResponse
    SCHEMA = Schema(
        ("transactional_id", TEXT),
        ("group_id", TEXT),
        ("producer_id", Int64),
        ("producer_epoch", Int16),
        ("generation_id", Int32),
        ("member_id", TEXT),
        ("group_instance_id", TEXT),
        (
            "topics",
            CompactArray(
                ("name", TEXT),
                (
                    "partitions",
                    CompactArray(
                        ("partition", Int32),
                        ("offset", Int64),
                        ("leader_epoch", Int32),
                        ("metadata", TEXT),
                        ("tags", TaggedFields),
                    ),
                ),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class TxnOffsetCommit(Request[TxnOffsetCommitStruct]):
    """The request; aiokafka builds the struct once it knows the broker's versions."""

    API_KEY = 28

    def __init__(self, *fields: Any) -> None:
        self.fields = fields

    def build(self, request_struct_class: type[TxnOffsetCommitStruct]) -> TxnOffsetCommitStruct:
        """Fill the struct."""
        return request_struct_class(*self.fields)


def offsets_request(
    transactional_id: str,
    producer: tuple[int, int],
    group: Membership,
    offsets: Mapping[TopicPartition, OffsetAndMetadata],
) -> TxnOffsetCommit:
    """Make the request; producer is (id, epoch). An offset is that of the next record to be read."""
    topics: dict[str, list[Any]] = defaultdict(list)
    for place, at in sorted(offsets.items()):
        topics[place.topic].append((place.partition, at.offset, -1, at.metadata, {}))
    return TxnOffsetCommit(
        transactional_id,
        str(group),
        *producer,
        group.generation,
        group.member_id,
        group.instance,
        [(topic, partitions, {}) for topic, partitions in topics.items()],
        {},
    )


@dataclass(frozen=True, slots=True)
class _Plain:
    """The response as aiokafka's own handler knows it."""

    errors: list[tuple[str, list[tuple[int, int]]]]


class FencedOffsetsHandler(TxnOffsetCommitHandler):
    """Sends the offsets of one transaction, and tells a refusal by the group from all other errors."""

    group = ConnectionGroup.COORDINATION

    def create_request(self) -> TxnOffsetCommit:
        """Make the request from the transaction's state."""
        state = self._sender._txn_manager  # noqa: SLF001
        identity = (state.producer_id, state.producer_epoch)
        return offsets_request(state.transactional_id, identity, self._group_id, self._offsets)

    def handle_response(self, response: Any) -> float | None:
        """Return None when done, or the seconds to wait before the request is sent again."""
        topics = [(topic, [(p, code) for p, code, _ in partitions]) for topic, partitions, _ in response.topics]
        refusals = [REFUSALS[code] for _, partitions in topics for _, code in partitions if code in REFUSALS]
        if refusals:
            self._refuse(refusals[0])
            return None
        delay: float | None = super().handle_response(_Plain(topics))
        return delay

    def _refuse(self, reason: str) -> None:
        # TransactionManager.error_transaction() would forget the partitions, abort_transaction() would then send no
        # EndTxn, and the NEXT commit would publish what was aborted. So only the waiting caller hears of it.
        _, _, waiting = self._sender._txn_manager._pending_txn_offsets.popleft()  # noqa: SLF001
        waiting.set_exception(RefusedError(reason))


class FencedSender(Sender):
    """aiokafka's sender, with our offsets handler, and patience while it looks for a coordinator."""

    async def _find_coordinator(self, coordinator_type: CoordinationType, coordinator_key: str) -> Any:
        """Look again when the broker goes away in the middle of an answer: aiokafka's sender would end by it."""
        while True:
            try:
                return await super()._find_coordinator(coordinator_type, coordinator_key)
            except KafkaError as error:
                cause = error.__cause__
                if not (isinstance(cause, KafkaError) and cause.retriable):
                    raise
            await self.client.force_metadata_update()
            await asyncio.sleep(self._retry_backoff)

    async def _do_txn_offset_commit(self, offsets: dict[TopicPartition, OffsetAndMetadata], group: Membership) -> None:
        if offsets:
            node = await self._find_coordinator(CoordinationType.GROUP, group)
            await FencedOffsetsHandler(self, offsets, group).do(node)
