"""What a worker does beside relaying: it serves metrics and health, and stops when it must."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import structlog

from agents.engine.worker import LaneWorker
from agents.errors import LeadrelayError
from agents.http import Server
from agents.logs import NAME
from agents.refusals import RefusalLimit
from agents.settings import Settings

LOOK_S = 1.0


class Side:
    """Everything beside the engine that starts and stops with the worker."""

    def __init__(
        self, settings: Settings, server: Server, limit: RefusalLimit, lanes: Callable[[], Mapping[int, Any]]
    ) -> None:
        self.settings, self.server, self._limit, self._lanes = settings, server, limit, lanes
        self._log = structlog.stdlib.get_logger(f"{NAME}.worker")

    async def serve(self) -> None:
        """Serve metrics and health; before anything else, so that a worker that waits can say why."""
        port = await self.server.start()
        self._log.info("metrics served", host=self.settings.metrics_host, port=port)

    async def watch(self) -> NoReturn:
        """Look, once a second, whether too much is refused.

        Raises:
            LeadrelayError: It is.
        """
        while True:
            await asyncio.sleep(LOOK_S)
            self._limit.check(lane.fold for lane in self._lanes().values())


class RelayWorker(LaneWorker):
    """The engine's worker with the side services."""

    def on_setup_root_logger(self, logger: Any, level: int) -> None:  # noqa: ARG002
        """Leave the log as we set it up: Faust's spinner would make every library log at DEBUG."""
        self.spinner = None

    async def on_first_start(self) -> None:
        """Serve first, then wait for the broker and its topics; only then Faust starts."""
        side: Side = self.app.side
        try:
            await side.serve()
            await super().on_first_start()
        except LeadrelayError as error:
            self.engine.ending.fail(error)
