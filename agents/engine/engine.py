"""Ties the parts together: what Faust's callbacks and the rest of the program call."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from agents.engine.clients import Clients
from agents.engine.fold import NewFold
from agents.engine.kafka import Kafka
from agents.engine.lanes import Lanes
from agents.engine.membership import Membership
from agents.engine.moment import now
from agents.engine.observer import Observer
from agents.engine.opener import Opener
from agents.engine.patience import Patience
from agents.engine.process import Ending
from agents.engine.reader import Reader
from agents.engine.settings import EngineSettings
from agents.engine.shared import Shared
from agents.engine.watch import BrokerWatch
from agents.engine.writer import Writer


@dataclass(frozen=True, slots=True)
class Status:
    """How the engine is now. Instants are milliseconds since the epoch.

    Attributes:
        owned: Lanes that the group gave us.
        open: Lanes of these that work.
        opening_since: Since when some are not open, or None.
        last_commit_at: When the last transaction was committed, or None.
        lag: Records that wait in the input topics, by (topic, partition).
        broker_away_s: For how long the broker has not answered, or None.
    """

    owned: tuple[int, ...]
    open: tuple[int, ...]
    opening_since: int | None
    last_commit_at: int | None
    lag: dict[tuple[str, int], int]
    broker_away_s: float | None


class Engine:
    """One worker's lanes, and everything that is done with them."""

    def __init__(
        self,
        settings: EngineSettings,
        new_fold: NewFold,
        observer: Observer,
        kafka: Kafka | None = None,
        ending: Ending | None = None,
    ) -> None:
        self.settings, self.observer = settings, observer
        self.ending = ending or Ending(observer)
        self.lanes = Lanes()
        shared = Shared(settings, self.lanes, observer, new_fold, self.ending.fail, kafka or Clients(settings))
        self.watch = BrokerWatch(settings, observer, shared.kafka)
        self.patience = Patience(shared, self.watch)
        self.writer = Writer(shared, self.watch, self.patience)
        self.opener = Opener(shared, self.writer)
        self.reader = Reader(shared, self.writer)
        self._owned: tuple[int, ...] = ()
        self._opening_since: int | None = None
        self._stopped = False

    async def revoke(self, bound_ms: int | None = None) -> None:
        """Give up all lanes, and see the running transaction to its end, or leave it to be refused, after a bound."""
        bound_ms = self.settings.revoke_bound_ms if bound_ms is None else bound_ms
        began = now()
        gone, abandoned = self.forget(), False
        try:
            async with asyncio.timeout(bound_ms / 1000):
                await self.writer.hook("revoking", len(gone))
                await self.writer.idle()
        except TimeoutError:
            abandoned = True
        if gone or abandoned:
            self.observer.revoked(gone, now() - began, abandoned=abandoned)

    def forget(self) -> list[int]:
        """Give up all lanes at once. Returns those that were open."""
        self.opener.cancel()
        self._owned, self._opening_since = (), None
        return self.lanes.forget()

    async def stop(self) -> None:
        """Give up all lanes for good."""
        self._stopped = True
        self.patience.end()
        await self.revoke(self.settings.stop_transaction_ms)

    def assign(self, partitions: list[int], membership: Membership) -> None:
        """Open these lanes, in the background: the group hears nothing of us until its callback has returned."""
        self.patience.end()
        if self._stopped:
            return
        self._owned = tuple(sorted(partitions))
        self.observer.assigned(self._owned, membership.generation)
        if partitions:
            self._opening_since = _now()
            self.opener.start(partitions, membership)

    def touch(self, partition: int) -> None:
        """Have a lane harvested though nothing came in; a lane that is not open here is left alone."""
        with contextlib.suppress(KeyError):
            self.lanes.open[partition].touch()

    @property
    def status(self) -> Status:
        """How we are now."""
        present, away = tuple(sorted(self.lanes.open)), self.watch.away_since
        return Status(
            owned=self._owned,
            open=present,
            opening_since=None if present == self._owned else self._opening_since,
            last_commit_at=self.writer.last_commit_at,
            lag={(place.topic, place.partition): records for place, records in self.reader.lag.items()},
            broker_away_s=None if away is None else now() - away,
        )


def _now() -> int:
    return int(time.time() * 1000)
