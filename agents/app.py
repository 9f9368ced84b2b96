"""The composition root: settings in, a Faust app out; nothing is connected, registered or read by importing it."""

from collections.abc import Mapping
from typing import Any, cast

from agents.agreement import load_terms
from agents.clock import CLOCKS, OpenLane, keep_time
from agents.engine.app import LaneApp, batches, build_engine_app
from agents.engine.observer import Observer
from agents.engine.settings import EngineSettings
from agents.settings import Settings
from schemas.topics import INPUTS
from streams.relay import Relay


def build_app(settings: Settings, observer: Observer | None = None) -> LaneApp:
    """Make the worker's app.

    Raises:
        LeadrelayError: The agreement is wrong.
    """
    terms = load_terms(settings.agreement)
    app = build_engine_app(engine_settings(settings), lambda lane: Relay(lane, settings.partitions, terms), observer)
    app.agent(batches(app), name="tend")(tend)
    clock = CLOCKS[settings.clock]

    async def time_passes() -> None:
        await keep_time(lambda: cast("Mapping[int, OpenLane]", app.engine.lanes.open), clock, print)

    app.task(time_passes)
    return app


async def tend(stream: Any) -> None:
    """The one agent of all flows: each batch is folded by its lane, and the engine commits what comes of it."""
    async for batch in stream:
        batch.fold()


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's part of the settings."""
    return EngineSettings(
        app_id=settings.app_id,
        brokers=settings.brokers,
        inputs=tuple(topic.name for topic in INPUTS),
        partitions=settings.partitions,
        instance=settings.instance,
        commit_interval_ms=settings.commit_ms,
        idle_interval_ms=settings.idle_commit_ms,
        uncommitted_max=settings.cap,
        transaction_timeout_ms=settings.transaction_timeout_ms,
        session_timeout_ms=settings.session_timeout_ms,
    )
