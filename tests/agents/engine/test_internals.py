"""The insides of Faust and aiokafka that the engine leans on are still what they were: see its README."""

import inspect
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.cluster import ClusterMetadata
from aiokafka.conn import AIOKafkaConnection
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import (
    AddOffsetsToTxnRequest,
    AddPartitionsToTxnRequest,
    EndTxnRequest,
    InitProducerIdRequest,
)
from aiokafka.record.control_record import ControlRecord
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from faust.app.base import App, BootStrategy
from faust.stores.base import Store
from faust.tables.recovery import Recovery
from faust.tables.table import Table
from faust.transport.consumer import Consumer as BaseConsumer
from faust.transport.consumer import Fetcher
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver
from faust.types import ConsumerMessage
from faust.worker import Worker
from mode.services import Service
from mode.threads import ServiceThread
from mode.utils.queues import FlowControlEvent
from mode.worker import Worker as ModeWorker

SIGNATURES = [
    (InitProducerIdRequest.__init__, "self, transactional_id, transaction_timeout_ms"),
    (AddPartitionsToTxnRequest.__init__, "self, transactional_id, producer_id, producer_epoch, topics"),
    (AddOffsetsToTxnRequest.__init__, "self, transactional_id, producer_id, producer_epoch, group_id"),
    (EndTxnRequest.__init__, "self, transactional_id, producer_id, producer_epoch, transaction_result"),
    (ProduceRequest.__init__, "self, transactional_id, required_acks, timeout, topics"),
    (AIOKafkaClient.coordinator_lookup, "self, coordinator_type, coordinator_key"),
    (AIOKafkaClient.close, "self"),
    (AIOKafkaClient._get_conn, "self, node_id, *, group, no_hint"),
    (AIOKafkaConnection.close, "self, reason, exc"),
    (GroupCoordinator.check_errors, "self"),
    (GroupCoordinator.request_rejoin, "self"),
    (GroupCoordinator._maybe_leave_group, "self"),
    (AIOKafkaClient.bootstrap, "self"),
    (AIOKafkaClient.send, "self, node_id, request, *, group"),
    (AIOKafkaClient.add_topic, "self, topic"),
    (AIOKafkaClient.set_topics, "self, topics"),
    (ClusterMetadata.leader_for_partition, "self, partition"),
    (OffsetRequest.__init__, "self, replica_id, isolation_level, topics"),
    (ControlRecord.parse, "data"),
    (AIOKafkaClient.force_metadata_update, "self"),
    (AIOKafkaConsumer.pause, "self, *partitions"),
    (SubscriptionState.fetch_context, "self"),
    (Store.on_rebalance, "self, assigned, revoked, newly_assigned, generation_id"),
    (Store.persisted_offset, "self, tp"),
    (Table._new_store, "self"),
    (BaseConsumer._new_offset, "self, tp"),
    (BaseConsumer.perform_seek, "self"),
    (BaseConsumer.on_partitions_revoked, "self, revoked"),
    (BaseConsumer.on_partitions_assigned, "self, assigned, generation_id"),
    (BaseConsumer._drain_messages, "self, fetcher"),
    (driver.Consumer.verify_event_path, "self, now, tp"),
    (driver.credentials_to_aiokafka_auth, "credentials, ssl_context"),
    (App._create_directories, "self"),
    (Worker._on_sigterm, "self"),
    (Worker._on_sigint, "self"),
    (Worker.on_first_start, "self"),
    (Service._crash, "self, reason"),
    (FlowControlEvent.is_active, "self"),
]


def named(function: Any) -> str:
    """Parameter names, with the star of keyword-only ones."""
    parts, starred = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(f"*{parameter.name}" if parameter.kind is parameter.VAR_POSITIONAL else parameter.name)
        starred = starred or parameter.kind is parameter.VAR_POSITIONAL
    return ", ".join(parts)


@pytest.mark.parametrize(("function", "wanted"), SIGNATURES, ids=lambda given: getattr(given, "__qualname__", ""))
def test_signature(function: Any, wanted: str) -> None:
    assert named(function) == wanted


def in_order(function: Any, *fragments: str) -> bool:
    """Whether the source has these fragments, one after the other."""
    source, at = inspect.getsource(function), 0
    for fragment in fragments:
        at = source.find(fragment, at)
        if at < 0:
            return False
        at += len(fragment)
    return True


def test_no_heartbeat_is_sent_while_the_group_hands_out_partitions() -> None:
    """So generation and member id cannot change while `LaneStore.on_rebalance` reads them; and it must not wait."""
    assert in_order(
        GroupCoordinator.ensure_active_group,
        "await self._on_join_prepare(",
        "await self._stop_heartbeat_task()",
        "await self._do_rejoin_group(",
        "self._start_heartbeat_task()",
    )
    assert in_order(GroupCoordinator._do_rejoin_group, "await self._on_join_complete(")
    assert in_order(GroupCoordinator._on_join_complete, "listener.on_partitions_assigned(assigned)", "await res")


def test_a_client_that_left_the_group_has_the_membership_that_kafka_does_not_check() -> None:
    assert in_order(GroupCoordinator.reset_generation, "DEFAULT_GENERATION_ID", "UNKNOWN_MEMBER_ID")
    assert in_order(GroupCoordinator.__init__, "self._group_instance_id = group_instance_id")


def test_errors_of_the_group_wait_until_somebody_asks() -> None:
    assert in_order(GroupCoordinator.__dict__["_push_error_to_user"], "self._pending_exception = exc")
    assert "check_errors" not in inspect.getsource(driver.AIOKafkaConsumerThread)


def test_attributes_that_are_set_or_read() -> None:
    assert in_order(AIOKafkaConsumer.__init__, "self._subscription = ", "self._coordinator = ")
    assert in_order(driver.AIOKafkaConsumerThread.on_start, "self._consumer = self._create_consumer(")
    assert isinstance(TRANSPORTS.aliases, dict)


def test_faust_reads_through_drain_messages_and_answers_cancellation_with_its_missing_supervisor() -> None:
    source = inspect.getsource(Fetcher)
    assert "await consumer._drain_messages(self)" in source
    assert "self.supervisor.wakeup()" in source


def test_faust_recovers_a_table_by_its_persisted_offset() -> None:
    """So `LaneStore` answers with a huge one."""
    assert in_order(Recovery._add, "persisted_offset = table.persisted_offset(tp)", "offsets[tp] = persisted_offset")
    assert "need_recovery" in inspect.getsource(Recovery)


def test_faust_starts_services_by_its_boot_strategy() -> None:
    assert in_order(App.__init__, "self.boot_strategy = self.BootStrategy(self)")
    assert BootStrategy.enable_kafka_producer is None
    assert BootStrategy.enable_web is None


def test_the_worker_stops_in_a_future_of_its_own() -> None:
    assert in_order(ModeWorker._schedule_shutdown, "self._signal_stop_future = asyncio.ensure_future(")
    assert in_order(Service._actually_start, "await self.on_first_start()", "await child.maybe_start()")


def test_the_flow_of_messages_can_be_waited_for() -> None:
    assert in_order(BaseConsumer.__init__, "self.can_resume_flow = Event()", "self.suspend_flow = Event()")
    assert in_order(BaseConsumer.stop_flow, "self.can_resume_flow.clear()", "self.suspend_flow.set()")
    assert "thread_loop" in inspect.getsource(ServiceThread)


def test_a_connection_sends_what_a_request_encodes_and_reads_what_its_response_decodes() -> None:
    """So a `Direct` request is its own struct, its answer needs no schema, and a `LinkedClient` does the same."""
    assert in_order(AIOKafkaConnection.send, "request.prepare(", "build_request_header(", "request_struct.encode()")
    assert in_order(AIOKafkaConnection._handle_frame, "parse_response_header(resp)", "resp_type.decode(resp)")


def test_a_connection_can_be_given_another_protocol() -> None:
    set_up = ("create_connection(", "self._reader, self._writer", "self._read_task = ", "self._do_sasl_handshake()")
    assert in_order(AIOKafkaConnection.connect, "self._closed_fut = ", *set_up)
    assert in_order(AIOKafkaConnection.send, "self._writer is None", "self._versions", "self._next_correlation_id()")
    assert in_order(AIOKafkaConnection.send, "self._writer.write(size + message)", "self._requests.append(")
    assert in_order(AIOKafkaConnection._handle_frame, "self._requests[0]", "self._requests.popleft()")
    assert in_order(AIOKafkaConnection._on_read_task_error, "read_task.cancelled()", "return")
    assert in_order(AIOKafkaConnection.close, "self._writer.close()", "fut.set_exception(error)", "self._on_close_cb(")
    assert in_order(AIOKafkaClient.send, "group=group", "isinstance(request, ProduceRequest)", "CONNECTION_TIMEOUT")


def test_coordinators_are_found_and_asked_on_connections_of_their_own() -> None:
    assert {ConnectionGroup.DEFAULT, ConnectionGroup.COORDINATION} == set(ConnectionGroup)
    assert {CoordinationType.TRANSACTION, CoordinationType.GROUP} == set(CoordinationType)
    assert in_order(AIOKafkaClient.coordinator_lookup, "self.get_random_node()", "await self.send(", "raise err")


def test_a_batch_says_what_is_asked_of_it() -> None:
    made = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=1,
        producer_id=7,
        producer_epoch=0,
        base_sequence=0,
        batch_size=999,
    )
    made.append(0, 1700, b"k", b"v", [("h", b"x")])
    memory = MemoryRecords(bytes(made.build()))
    assert memory.has_next()
    batch = memory.next_batch()
    assert not memory.has_next()
    assert (batch.base_offset, batch.next_offset, batch.producer_id) == (0, 1, 7)
    assert batch.is_transactional
    assert not batch.is_control_batch
    assert batch.validate_crc()
    [record] = batch
    assert (record.offset, record.timestamp, record.key, record.value) == (0, 1700, b"k", b"v")
    assert record.headers == [("h", b"x")]


def test_a_message_is_made_from_these() -> None:
    parameters = list(inspect.signature(ConsumerMessage.__init__).parameters)
    assert parameters[1:13] == [
        "topic",
        "partition",
        "offset",
        "timestamp",
        "timestamp_type",
        "headers",
        "key",
        "value",
        "checksum",
        "serialized_key_size",
        "serialized_value_size",
        "tp",
    ]
    assert "generation_id" in parameters
