"""Measures how long handoffs take, from the arrival of the message that decides one to its commit."""

from collections.abc import Callable
from dataclasses import dataclass, field

from agents.health import wall_ms
from schemas.bounds import End
from streams.record import Record
from streams.relay import Harvest, Relay


@dataclass(slots=True, kw_only=True)
class TimedRelay(Relay):
    """A lane that times its own handoffs.

    Attributes:
        observe: Hears of each committed handoff how long it took (seconds).
        now: The time of day (ms since the epoch).
    """

    observe: Callable[[float], None]
    now: Callable[[], int] = wall_ms
    _folded: list[int] = field(default_factory=list)
    _in_flight: list[int] = field(default_factory=list)

    def take(self, record: Record) -> End:
        """Fold one record; when it decided a handoff, note when it had arrived."""
        before = self.handoffs
        end = Relay.take(self, record)
        if self.handoffs != before:
            self._folded.append(record.timestamp)
        return end

    def harvest(self) -> Harvest:
        """Give what is to be written; what is folded from now on is timed with the next."""
        self._in_flight, self._folded = self._folded, []
        return Relay.harvest(self)

    def committed(self) -> None:
        """The last harvest is in the log, and with it its handoffs."""
        Relay.committed(self)
        now = self.now()
        for arrived_at in self._in_flight:
            self.observe(max(0, now - arrived_at) / 1000)
        self._in_flight = []
