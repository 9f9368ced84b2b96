"""Lets Kafka start in half the time: one rehearsal leaves an archive of loaded classes for Java to map."""

import fcntl
import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from agents.broker import java, launch, probe

HEAP = "512m"


def warm(tell: Callable[[str], None]) -> None:
    """Make the archive unless it exists; takes half a minute, so it is for those who start brokers often.

    Other processes that want it too wait here until it is there.

    Raises:
        LeadrelayError: The broker cannot start.
    """
    archive = java.archive()
    archive.parent.mkdir(parents=True, exist_ok=True)
    with (archive.parent / "warm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            tell("rehearsing the broker's start, once")
            _rehearse(archive, tell)


def _rehearse(archive: Path, tell: Callable[[str], None]) -> None:
    directory = Path(tempfile.gettempdir(), f"leadrelay-rehearsal-{secrets.token_hex(8)}")
    partial = archive.with_suffix(".partial")
    plan = launch.Plan(
        port=probe.free_port(),
        controller_port=probe.free_port(),
        directory=directory,
        heap=HEAP,
        extra={},
        tell=tell,
        java_options=(f"-XX:AOTCacheOutput={partial}",),
    )
    try:
        launch.end(launch.launch(plan), launch.START_S)  # Java writes the archive while it ends
        partial.replace(archive)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
