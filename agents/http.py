"""Serves /metrics, /alive and /ready from the worker's own event loop: if that hangs, nothing here answers either."""

import orjson
from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from agents.errors import LeadrelayError
from agents.health import Health
from agents.metrics import Metrics
from agents.settings import variable

STOP_S = 1.0
"""How long a stop waits for requests that are still being answered."""
UNAVAILABLE = 503


class Server:
    """A small server without a password, on loopback unless it is told otherwise. There are no leads in its answers."""

    def __init__(self, host: str, port: int, metrics: Metrics, health: Health) -> None:
        """Prepare; nothing listens before `start`.

        Args:
            host: Address or name to listen on.
            port: Port to listen on; 0 takes a free one.
            metrics: Answers /metrics.
            health: Answers /alive and /ready.
        """
        self._host, self._port, self._metrics, self._health = host, port, metrics, health
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Listen, and return the port.

        Raises:
            LeadrelayError: Nothing can listen there.
        """
        app = web.Application()
        app.add_routes(
            [web.get("/metrics", self._show_metrics), web.get("/alive", self._alive), web.get("/ready", self._ready)]
        )
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=STOP_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            raise self._cannot_listen(error) from None
        self._runner = runner
        port: int = runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Stop listening; what is being answered gets a second."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _show_metrics(self, _: web.Request) -> web.Response:
        body = await self._metrics.exposition()
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _alive(self, _: web.Request) -> web.Response:
        return _answer(self._health.alive(), "alive")

    async def _ready(self, _: web.Request) -> web.Response:
        return _answer(self._health.ready(), "ready")

    def _cannot_listen(self, error: OSError) -> LeadrelayError:
        return LeadrelayError(
            "the metrics cannot be served",
            f"{self._host}:{self._port}: {error.strerror or error}",
            f"choose another {variable('metrics_host')} or {variable('metrics_port')}; port 0 takes a free one",
        )


def _answer(said: dict[str, object], asked: str) -> web.Response:
    status = 200 if said[asked] else UNAVAILABLE
    return web.Response(body=orjson.dumps(said), status=status, content_type="application/json")
