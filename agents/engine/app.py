"""Builds the Faust app that runs the engine: app, agents, group and lifecycle stay Faust's."""

from typing import Any

import faust
from faust.serializers.schemas import Schema

from agents.engine.engine import Engine
from agents.engine.fold import NewFold
from agents.engine.observer import Observer
from agents.engine.settings import EngineSettings
from agents.engine.table import LaneTable
from agents.engine.transport import SCHEME, register_transport
from agents.engine.worker import LaneWorker

REBALANCE_S = 15.0
"""A worker that takes so long to answer a rebalance is left out of it."""
MAX_POLL_S = 300.0
"""A worker whose event loop hangs for so long leaves the group, and others take its lanes."""


class BatchSchema(Schema):
    """Hands batches to the agent as they are."""

    def loads_key(self, _app: Any, _message: Any, **_options: Any) -> None:
        """Give no key: a batch has many."""

    def loads_value(self, _app: Any, message: Any, **_options: Any) -> Any:
        """Give the batch."""
        return message.value


class LaneApp(faust.App):
    """A Faust app with an engine."""

    engine: Engine

    def _create_directories(self) -> None:
        """Make none: nothing is kept on disk."""


class LaneBoot(faust.App.BootStrategy):
    """Starts all of Faust but its producer: the engine's is the only one."""

    enable_kafka_producer = False
    enable_web = False


def build_engine_app(settings: EngineSettings, new_fold: NewFold, observer: Observer | None = None) -> LaneApp:
    """Make an app without agents. Give one agent `batches(app)` as its channel, and have it await `batch.fold()`."""
    register_transport()
    app = LaneApp(
        settings.app_id,
        broker=[f"{SCHEME}://{address}" for address in settings.brokers],
        Table=LaneTable,
        Worker=LaneWorker,
        web_enabled=False,
        topic_partitions=settings.partitions,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        recovery_consistency_check=False,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance,
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.heartbeat_ms / 1000,
        broker_request_timeout=max(settings.request_timeout_ms, settings.session_timeout_ms) / 1000,
        broker_rebalance_timeout=REBALANCE_S,
        broker_max_poll_interval=MAX_POLL_S,
        broker_credentials=settings.credentials,
    )
    app.BootStrategy = LaneBoot
    app.boot_strategy = LaneBoot(app)
    app.engine = Engine(settings, new_fold, observer or Observer())
    app.Table(settings.table, partitions=settings.partitions, key_type=bytes, value_type=bytes)
    return app


def batches(app: LaneApp) -> Any:
    """Give the channel on which an agent receives the batches of all input topics."""
    settings = app.engine.settings
    return app.topic(
        *settings.inputs,
        partitions=settings.partitions,
        schema=BatchSchema(key_type=bytes, value_serializer="raw"),
    )
