"""The demo's worker: a process of its own, as in production, watched over HTTP."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import aiohttp

from agents.broker.probe import free_port
from agents.demo.board import Reading
from agents.errors import LeadrelayError

READY_S = 60.0
STOP_S = 12.0
PAUSE_S = 0.2


class DemoWorker:
    """`leadrelay worker` as a child; an asynchronous context manager that stops it."""

    def __init__(self, brokers: Sequence[str], app_id: str, port: int) -> None:
        self.port = port or free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="leadrelay-demo-")
        self.log_file = Path(self._folder.name, "worker.log")
        self._environment = {
            **os.environ,
            "LEADRELAY_BROKER": ",".join(brokers),
            "LEADRELAY_APP_ID": app_id,
            "LEADRELAY_CLOCK": "stream",
            "LEADRELAY_METRICS_PORT": str(self.port),
        }
        self._process: asyncio.subprocess.Process | None = None
        self._http: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        """Where its metrics are."""
        return f"http://127.0.0.1:{self.port}/metrics"

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        with self.log_file.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "agents", "worker", env=self._environment, stdout=log, stderr=log
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        if self._http:
            await self._http.close()
        self._folder.cleanup()

    async def until_ready(self) -> None:
        """Wait until all lanes are open.

        Raises:
            LeadrelayError: It ended, or is not ready in time.
        """
        try:
            async with asyncio.timeout(READY_S):
                while await self._get("ready") is None:  # noqa: ASYNC110  another process gets ready
                    await asyncio.sleep(PAUSE_S)
        except TimeoutError:
            raise self._failed(f"it is not ready after {READY_S:.0f} s") from None

    async def reading(self) -> Reading:
        """What its metrics say now; nothing while it does not answer."""
        text = await self._get("metrics")
        return Reading.of(text) if text else Reading()

    async def stop(self) -> None:
        """SIGTERM, and wait for the clean end."""
        process = self._process
        if process and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _get(self, page: str) -> str | None:
        process, http = self._process, self._http
        if process is None or http is None or process.returncode is not None:
            raise self._failed(f"it ended with code {process.returncode if process else None}")
        try:
            async with http.get(f"http://127.0.0.1:{self.port}/{page}") as answer:
                return await answer.text() if answer.ok else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    def _failed(self, detail: str) -> LeadrelayError:
        said = self.log_file.read_text(errors="replace")[-2000:]
        return LeadrelayError("the demo's worker failed", f"{detail}\n{said}", "See what it said; then try again.")
