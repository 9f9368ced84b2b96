"""Listens to the engine, and tells what it hears to the metrics, to the health and to the log."""

from collections.abc import Sequence

import structlog

from agents.engine.observer import Observer
from agents.errors import LeadrelayError
from agents.health import Health
from agents.logs import NAME
from agents.metrics import Metrics

AWAY_LOG_S = 30.0
"""How often the log repeats that the broker is away."""


class Reporter(Observer):
    """Logs at INFO what belongs to a worker's life, at WARNING what to look at today, at ERROR what is lost."""

    def __init__(self, metrics: Metrics, health: Health) -> None:
        self._metrics, self._health = metrics, health
        self._log = structlog.stdlib.get_logger(f"{NAME}.engine")
        self._away_logged_s: float | None = None

    def assigned(self, lanes: Sequence[int], generation: int) -> None:
        """Note which lanes the group gave us."""
        self._log.info("lanes assigned", lanes=list(lanes), generation=generation)

    def opened(self, lane: int, rows: int, seconds: float, waited: float) -> None:
        """Note a lane that is open."""
        self._metrics.restore_seconds.observe(seconds)
        self._log.info("lane open", lane=lane, rows=rows, seconds=round(seconds, 3), waited_s=round(waited, 3))

    def revoked(self, lanes: Sequence[int], seconds: float, *, abandoned: bool) -> None:
        """Note lanes that were given up."""
        if abandoned:
            self._log.warning(
                "lanes given up before their transaction ended; it will be refused or it is done",
                lanes=list(lanes),
                seconds=round(seconds, 3),
            )
            return
        self._log.info("lanes given up", lanes=list(lanes), seconds=round(seconds, 3))

    def committed(self, lanes: int, records: int, rows: int, outputs: int, seconds: float) -> None:  # noqa: ARG002
        """Count and measure a transaction."""
        self._metrics.commits.inc()
        self._metrics.transaction_seconds.observe(seconds)

    def refused(self, reason: str, lanes: Sequence[int], records: int) -> None:
        """Note a transaction that came too late: others have its lanes, and read its messages again."""
        self._metrics.commits_refused.labels(reason).inc()
        self._log.warning("transaction refused by the group", reason=reason, lanes=list(lanes), messages=records)

    def fenced(self, owner: str, lane: int) -> None:
        """Note that a former owner left a transaction open."""
        self._metrics.fenced.inc()
        self._log.warning("open transaction of a former owner ended", owner=owner, lane=lane)

    def reread(self, topic: str, partition: int, offset: int) -> None:
        """Note messages that did not reach their lane at once."""
        self._metrics.rereads.labels(topic).inc()
        self._log.warning("messages are read again", topic=topic, lane=partition, offset=offset)

    def skipped(self, topic: str, partition: int, wanted: int, found: int) -> None:
        """Note messages that are lost."""
        self._metrics.messages_lost.labels(topic).inc(found - wanted)
        self._log.error(
            "messages lost: the topic deleted them before they were read",
            topic=topic,
            lane=partition,
            messages=found - wanted,
            remedy="feed the events again, and keep the topic longer than the worker may be away",
        )

    def broker_away(self, seconds: float, detail: str) -> None:
        """Note that the broker does not answer: at once, then from time to time."""
        self._health.broker_detail = detail
        if self._away_logged_s is None or seconds - self._away_logged_s >= AWAY_LOG_S:
            self._away_logged_s = seconds
            self._log.warning("the broker does not answer", seconds=round(seconds, 1), detail=detail)

    def broker_back(self, seconds: float) -> None:
        """Note that it answers again."""
        self._away_logged_s = None
        self._log.info("the broker answers again", away_s=round(seconds, 1))

    def failed(self, error: LeadrelayError) -> None:
        """Note the last words."""
        self._health.failed(error)
        self._log.error("the worker ends", what=error.what, detail=error.detail, remedy=error.remedy)
