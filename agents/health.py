"""Says whether the process is alive, whether it is ready, and why not."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from agents.engine.engine import Status
from agents.errors import LeadrelayError


def wall_ms() -> int:
    """The time of day (ms since the epoch)."""
    return time.time_ns() // 1_000_000


class Health:
    """What the engine says when it is asked, with what was heard of it before.

    Attributes:
        broker_detail: What happened when the broker was asked last and did not answer.
        failure: Why the process is about to end; empty while it is not.
    """

    def __init__(self, status: Callable[[], Status], now: Callable[[], int] = wall_ms) -> None:
        self._status, self._now = status, now
        self.broker_detail = ""
        self.failure = ""

    def failed(self, error: LeadrelayError) -> None:
        """Hear that the process ends now, and why."""
        self.failure = str(error)

    def alive(self) -> dict[str, Any]:
        """Whether the process should go on: `{"alive": bool, "reasons": [...]}`.

        That there is an answer says more: a process whose event loop hangs gives none.
        """
        reasons = [self.failure] if self.failure else []
        return {"alive": not reasons, "reasons": reasons}

    def ready(self) -> dict[str, Any]:
        """Whether all lanes of this worker work.

        Returns:
            `{"ready": bool, "reasons": [...], "lanes": {"owned": [...], "open": [...]}, "last_commit_at": ms or None}`.
        """
        status = self._status()
        reasons = list(self._reasons(status))
        return {
            "ready": not reasons,
            "reasons": reasons,
            "lanes": {"owned": status.owned, "open": status.open},
            "last_commit_at": status.last_commit_at,
        }

    def _reasons(self, status: Status) -> Iterator[str]:
        if self.failure:
            yield self.failure
        if status.broker_away_s is not None:
            yield f"the broker has not answered for {status.broker_away_s:.0f} s: {self.broker_detail}".rstrip(": ")
        if not status.owned:
            yield "no lanes are assigned to this worker: it has just started, or there are more workers than lanes"
        opening = sorted({*status.owned} - {*status.open})
        if opening:
            since = self._now() if status.opening_since is None else status.opening_since
            yield f"{_lanes(opening)} opening, for {max(0, self._now() - since) // 1000} s so far"


def _lanes(numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers))
    return f"lane {named} is" if len(numbers) == 1 else f"lanes {named} are"
