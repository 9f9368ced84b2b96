"""Has the broker wait for more records while they are many, and answer the first at once while there are none."""

import time
from typing import Any

from agents.engine.settings import EngineSettings

QUIET_S = 1.0
IDLE_WAIT_MS = 100


class Pace:
    """Sets how long the broker may hold a fetch. Both ways it is a bound on latency and on the number of requests.

    Busy, a fetch is answered after `fetch_min_bytes` or `fetch_wait_ms`: each message that reaches an agent has its
    price, so many records in one are cheap. After a second without a record, it is answered by the first record, or
    after 100 ms: at 10 ms an idle worker of 12 lanes took a fifth of a core, and the broker as much. It cannot be much
    longer: aiokafka keeps one fetch in the air, and a partition that is not in it waits for its end.
    """

    def __init__(self, client: Any, settings: EngineSettings) -> None:
        self._fetcher, self._settings = client._fetcher, settings  # noqa: SLF001
        self._last = time.monotonic()
        self._set(busy=True)

    def note(self, *, records: bool) -> None:
        """Hear whether the last poll gave records."""
        now = time.monotonic()
        if records:
            self._last = now
        busy = now - self._last < QUIET_S
        if busy != self.busy:
            self._set(busy=busy)

    def _set(self, *, busy: bool) -> None:
        self.busy = busy
        self._fetcher._fetch_min_bytes = self._settings.fetch_min_bytes if busy else 1  # noqa: SLF001
        self._fetcher._fetch_max_wait_ms = self._settings.fetch_wait_ms if busy else IDLE_WAIT_MS  # noqa: SLF001
