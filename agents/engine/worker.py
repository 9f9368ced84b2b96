"""The Faust worker that ends within a bound when it is asked to, whatever Faust and the broker do."""

import asyncio
import contextlib
import threading
from typing import Any

from faust.worker import Worker

from agents.engine import garbage
from agents.engine.engine import Engine
from agents.engine.process import leave
from agents.errors import LeadrelayError

LEAVE_GROUP_S = 0.5


class LaneWorker(Worker):
    """Stops in order: our transaction, then Faust, then the group; and a thread ends the process if that hangs."""

    _leaving: asyncio.Future[None] | None = None
    _watching: asyncio.Future[None] | None = None

    @property
    def engine(self) -> Engine:
        """The app's engine."""
        engine: Engine = self.app.engine
        return engine

    async def on_first_start(self) -> None:
        """Wait for the broker before Faust starts: Faust would crash without one."""
        await super().on_first_start()
        try:
            await self.engine.watch.connect()
        except LeadrelayError as error:
            self.engine.ending.fail(error)
        garbage.settle()
        self._watching = asyncio.ensure_future(self.engine.watch.run(), loop=self.loop)

    def _crash(self, reason: BaseException) -> None:
        """End the process when a part of Faust has crashed: it would stop the rest, and perhaps never end."""
        if self._leaving is None:
            self.engine.ending.fail(reason)
        super()._crash(reason)

    def _on_sigterm(self) -> None:
        self._leave_on(super()._on_sigterm)

    def _on_sigint(self) -> None:
        self._leave_on(super()._on_sigint)

    def _leave_on(self, stop_faust: Any) -> None:
        if self._leaving is None:
            watchdog = threading.Timer(self.engine.settings.stop_bound_ms / 1000, leave, [0])
            watchdog.daemon = True
            watchdog.start()
            self._leaving = asyncio.ensure_future(self._leave(stop_faust), loop=self.loop)

    async def _leave(self, stop_faust: Any) -> None:
        await self.engine.stop()
        stop_faust()
        try:
            async with asyncio.timeout(self.engine.settings.stop_framework_ms / 1000):
                await asyncio.shield(self._signal_stop_future)
        except Exception:  # noqa: BLE001 - Faust did not stop, or not well; the group is to hear of us all the same
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._leave_group(), LEAVE_GROUP_S)
        leave(0)  # what Faust does from here on takes two seconds of sleep

    async def _leave_group(self) -> None:
        """Tell the group that we go: others have our lanes at once. A static member keeps them for its return."""
        thread = self.app.consumer._thread  # noqa: SLF001
        leaving = thread._consumer._coordinator._maybe_leave_group()  # noqa: SLF001
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(leaving, thread.thread_loop))
