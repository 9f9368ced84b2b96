"""The composition root: settings in, a Faust app out; nothing is connected, registered or read by importing it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from agents import logs
from agents.agreement import load_terms
from agents.clock import CLOCKS, keep_time
from agents.engine.app import LaneApp, batches, build_engine_app
from agents.engine.settings import EngineSettings
from agents.health import Health
from agents.http import Server
from agents.latency import TimedRelay
from agents.metrics import Metrics
from agents.observer import Reporter
from agents.refusals import RefusalLimit
from agents.service import RelayWorker, Side
from agents.settings import Settings
from schemas.topics import DEADLETTER, FACT, INPUTS, LETTER, OUTPUTS
from streams.routing import home_of
from streams.terms import Terms


def build_app(settings: Settings) -> LaneApp:
    """Make the worker's app.

    Raises:
        LeadrelayError: The agreement is wrong.
    """
    terms = load_terms(settings.agreement)
    app: LaneApp

    def lanes() -> Mapping[int, Any]:
        return app.engine.lanes.open

    metrics = Metrics(
        lambda: {lane: each.fold.shown for lane, each in lanes().items()}, lambda: app.engine.status, known(terms)
    )
    health = Health(lambda: app.engine.status)
    app = build_engine_app(
        engine_settings(settings),
        lambda lane: TimedRelay(lane, settings.partitions, terms, observe=metrics.event_to_handoff_seconds.observe),
        Reporter(metrics, health),
    )
    app.conf.Worker = RelayWorker
    app.conf.worker_redirect_stdouts = False
    app.conf.logging_config = logs.configuration(settings.log_format, settings.log_level)
    app.side = Side(
        settings,
        Server(settings.metrics_host, settings.metrics_port, metrics, health),
        RefusalLimit(settings.refused_share_max, settings.refused_count_min),
        lanes,
    )
    app.agent(batches(app), name="tend")(tend)

    async def time_passes() -> None:
        await keep_time(lanes, CLOCKS[settings.clock], metrics.reminders_posted.inc)

    app.task(time_passes)
    app.task(app.side.watch)
    return app


async def tend(stream: Any) -> None:
    """The one agent of all flows: each round is folded by its lanes, and the engine commits what comes of it."""
    async for each in stream:
        await each.fold()


def known(terms: Terms) -> Mapping[str, list[str]]:
    """The agreement's words that are label values: they are shown as 0 from the start."""
    return {"source": sorted({*terms.sources, "other"}), "reason": sorted(terms.reasons)}


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's part of the settings."""
    return EngineSettings(
        app_id=settings.app_id,
        brokers=settings.brokers,
        inputs=tuple(topic.name for topic in INPUTS),
        outputs=tuple(topic.name for topic in (*OUTPUTS, FACT, DEADLETTER)),
        routes={LETTER.name: partial(home_of, lanes=settings.partitions)},
        partitions=settings.partitions,
        instance=settings.instance,
        commit_interval_ms=settings.commit_ms,
        idle_interval_ms=settings.idle_commit_ms,
        uncommitted_max=settings.cap,
        transaction_timeout_ms=settings.transaction_timeout_ms,
        session_timeout_ms=settings.session_timeout_ms,
    )
