"""Has the broker wait for more records while they are many, and answer the first at once while there are none."""

from agents.engine.kafka import Consumer
from agents.engine.moment import now
from agents.engine.settings import EngineSettings

QUIET_S = 1.0
IDLE_WAIT_MS = 100


class Pace:
    """Sets how long the broker may hold a fetch. Both ways it is a bound on latency and on the number of requests.

    Busy, a fetch is answered after `fetch_min_bytes` or `fetch_wait_ms`, the rhythm of commits: each message that
    reaches an agent has its price, so many records in one are cheap. After a second without a record, it is answered by
    the first record, or after 100 ms. It cannot be much longer: one fetch is in the air for each broker, and a
    partition that is not in it waits for its end.
    """

    def __init__(self, client: Consumer, settings: EngineSettings) -> None:
        self._client, self._settings = client, settings
        self._last = now()
        self._set(busy=True)

    def note(self, *, records: bool) -> None:
        """Hear whether the last poll gave records."""
        moment = now()
        if records:
            self._last = moment
        busy = moment - self._last < QUIET_S
        if busy != self.busy:
            self._set(busy=busy)

    def _set(self, *, busy: bool) -> None:
        self.busy = busy
        if busy:
            self._client.hold(self._settings.fetch_min_bytes, self._settings.fetch_wait_ms)
        else:
            self._client.hold(1, IDLE_WAIT_MS)
