"""Has the broker hold fetches longer while little comes, and answer the first record after a pause at once."""

from agents.engine.kafka import Consumer
from agents.engine.moment import now
from agents.engine.settings import EngineSettings

QUIET_S, LOOK_S = 1.0, 1.0
IDLE_WAIT_MS = 100
MANY_A_S = 300


class Pace:
    """Sets how long the broker may hold a fetch: a bound on latency, and on the number of requests.

    While many records come, a fetch is answered after `fetch_min_bytes` or `fetch_wait_ms`, the rhythm of commits: each
    message that reaches an agent has its price, so many records in one are cheap. While fewer than 300 a second come,
    it is held for 100 ms: at 100 a second most of what a worker does is fetching. After a second without a record, it
    is answered by the first one, or after 100 ms. It cannot be much longer: one fetch is in the air for each broker,
    and a partition that is not in it waits for its end.
    """

    def __init__(self, client: Consumer, settings: EngineSettings) -> None:
        self._client, self._settings = client, settings
        self._last = self._since = now()
        self._records, self._many, self._held = 0, True, (0, 0)
        self._hold()

    def note(self, records: int) -> None:
        """Hear how many records the last poll gave."""
        moment = now()
        if records:
            self._last = moment
        self._records += records
        if moment - self._since >= LOOK_S:
            self._many = self._records >= MANY_A_S * (moment - self._since)
            self._records, self._since = 0, moment
        self._hold(idle=moment - self._last >= QUIET_S)

    def _hold(self, *, idle: bool = False) -> None:
        wait_ms = self._settings.fetch_wait_ms if self._many else max(IDLE_WAIT_MS, self._settings.fetch_wait_ms)
        hold = (1, IDLE_WAIT_MS) if idle else (self._settings.fetch_min_bytes, wait_ms)
        if hold != self._held:
            self._held = hold
            self._client.hold(*hold)
