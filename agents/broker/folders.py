"""Says where the broker's files live on this machine, so that every command finds the same ones."""

import os
from pathlib import Path

KAFKA_VERSION = "4.2.0"


def cache_folder() -> Path:
    """Return the folder of the downloaded jars, which may be deleted at any time."""
    return _base("XDG_CACHE_HOME", ".cache") / "leadrelay" / f"kafka-{KAFKA_VERSION}"


def state_folder() -> Path:
    """Return the folder of the broker that runs in the background: its state file and its data."""
    return _base("XDG_STATE_HOME", ".local/state") / "leadrelay" / "broker"


def _base(variable: str, fallback: str) -> Path:
    given = Path(os.environ.get(variable, ""))
    # The XDG rules: a relative path in these variables is invalid and must be ignored.
    return given if given.is_absolute() else Path.home() / fallback
