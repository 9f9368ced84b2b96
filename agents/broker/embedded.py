"""Runs a real Kafka broker as a child that ends with this process, whatever ends this process."""

import logging
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from agents.broker import launch, probe

# The guard waits for the end of a pipe that only this process holds open.
GUARD_KEEPING = 'read -r _; kill -TERM "$1"; kill -CONT "$1"'
GUARD_REMOVING = 'read -r _; kill -KILL "$1"; sleep 1; rm -rf "$2"'

QUICK = ("-XX:TieredStopAtLevel=1",)
"""Java's first compiler alone: in its first minutes a broker spends more on the second one than on its work."""

logger = logging.getLogger(__name__)


class EmbeddedBroker:
    """One Kafka node on loopback; a context manager that starts and stops it.

    The calls block for seconds: in a coroutine use `asyncio.to_thread`. Port and directory stay the same over
    `kill` and `restart`; `stop` removes a temporary directory.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        directory: Path | None = None,
        heap: str = "512m",
        extra: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = logger.info,
    ) -> None:
        """Choose where to run; nothing starts yet.

        Args:
            port: Where to listen; a free port when None.
            directory: Where configuration, data and log go; kept when given, else temporary.
            heap: Java's largest heap.
            extra: Broker properties that win over ours.
            tell: Called with one sentence when something takes long.
        """
        self._kept = directory is not None
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self.plan = launch.Plan(
            port=port or probe.free_port(),
            controller_port=probe.free_port(),
            directory=directory or Path(tempfile.gettempdir(), f"leadrelay-broker-{secrets.token_hex(8)}"),
            heap=heap,
            extra=dict(extra or {}),
            tell=tell,
            java_options=QUICK,
        )

    @property
    def address(self) -> str:
        """What clients connect to: `127.0.0.1:PORT`."""
        return f"{probe.HOST}:{self.plan.port}"

    @property
    def log_file(self) -> Path:
        """What the broker writes."""
        return self.plan.log_file

    @property
    def pid(self) -> int | None:
        """The process id, or None when the broker does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> Self:
        """Start the broker unless it runs, and return once it takes work.

        Raises:
            LeadrelayError: It cannot start; the error says why and what to do.
        """
        if self.pid is None:
            try:
                self._process = launch.launch(self.plan)
            except BaseException:
                self._clear()
                raise
            self._guard = self._watch(self._process.pid)
        return self

    def stop(self) -> None:
        """End the broker and remove its directory unless that was given."""
        self._end()
        self._clear()

    def restart(self) -> None:
        """End the broker if it runs, and start it again on the same port with the same data."""
        self._end()
        self.start()

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the broker a signal; after SIGKILL and SIGTERM wait until it has ended."""
        if self._process:
            self._process.send_signal(number)
            if number in {signal.SIGKILL, signal.SIGTERM}:
                self._process.wait(launch.STOP_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self, pid: int) -> subprocess.Popen[bytes]:
        script = GUARD_KEEPING if self._kept else GUARD_REMOVING
        return subprocess.Popen(  # noqa: S603 - the command is ours
            ["/bin/sh", "-c", script, "leadrelay-broker-guard", str(pid), str(self.plan.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _end(self) -> None:
        if self._guard:
            self._guard.kill()  # first: a guard must not outlive the pid it watches
            self._guard.communicate()
        if self._process:
            launch.end(self._process)
        self._guard = self._process = None

    def _clear(self) -> None:
        if not self._kept:
            shutil.rmtree(self.plan.directory, ignore_errors=True)
