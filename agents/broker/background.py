"""Keeps one broker running between commands: `leadrelay broker start`, `status` and `stop`."""

import json
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from agents.broker import launch, probe, properties
from agents.broker.folders import state_folder
from agents.errors import LeadrelayError

PORT = 9092

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Background:
    """A broker that runs in the background: its process id, its address and its files."""

    pid: int
    port: int
    directory: str

    @property
    def address(self) -> str:
        """What clients connect to: `127.0.0.1:PORT`."""
        return f"{probe.HOST}:{self.port}"

    @property
    def log_file(self) -> Path:
        """What the broker writes."""
        return properties.files(Path(self.directory)).log


def status() -> Background | None:
    """Return the broker that runs in the background, or None; a stale note of one that has ended is no broker."""
    try:
        noted = Background(**json.loads(_note().read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return noted if _ours(noted) else None


def start_background(
    port: int = PORT, *, heap: str = "512m", fresh: bool = False, tell: Callable[[str], None] = logger.info
) -> Background:
    """Start the broker unless it runs, leave it running, and return it; `fresh` forgets its earlier data.

    Raises:
        LeadrelayError: It cannot start, or it runs on another port already.
    """
    running = status()
    if running:
        return _same(running, port)
    directory = state_folder() / "node"
    if fresh:
        shutil.rmtree(directory, ignore_errors=True)
    plan = launch.Plan(
        port=port, controller_port=probe.free_port(), directory=directory, heap=heap, extra={}, tell=tell
    )
    broker = Background(launch.launch(plan).pid, port, str(directory))
    remember(broker)
    return broker


def stop_background() -> Background | None:
    """End the broker that runs in the background and return it, or None when none ran; its data stay."""
    running = status()
    if running:
        os.kill(running.pid, signal.SIGTERM)
        if not _gone_within(running, launch.STOP_S):
            os.kill(running.pid, signal.SIGKILL)
            _gone_within(running, launch.STOP_S)
    _note().unlink(missing_ok=True)
    return running


def remember(broker: Background) -> None:
    """Note the broker for later commands, whole or not at all."""
    _note().parent.mkdir(parents=True, exist_ok=True)
    partial = _note().with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(asdict(broker)), "utf-8")
    partial.replace(_note())


def _same(running: Background, port: int) -> Background:
    if running.port == port:
        return running
    raise LeadrelayError(
        "the broker runs on another port already",
        f"it listens on {running.address}, process {running.pid}",
        "use that address, or run `leadrelay broker stop` first",
    )


def _note() -> Path:
    return state_folder() / "broker.json"


def _gone_within(running: Background, limit_s: float) -> bool:
    limit = time.monotonic() + limit_s
    while _ours(running):
        if time.monotonic() > limit:
            return False
        time.sleep(launch.PAUSE_S)
    return True


def _ours(noted: Background) -> bool:
    """Whether the process is that broker: after a reboot its id may be another program's."""
    return str(properties.files(Path(noted.directory)).server) in command_line(noted.pid)


def command_line(pid: int) -> str:
    """Return a process's command line, empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    listing = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(listing, capture_output=True, text=True, check=False).stdout  # noqa: S603
