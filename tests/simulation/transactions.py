"""The model broker's transaction coordinator: producer ids and epochs, and how transactions end."""

from collections.abc import Callable, Iterable
from typing import Protocol

from aiokafka.errors import (
    ConcurrentTransactions,
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    InvalidTxnState,
)

from tests.simulation.log import Identity, Record


class Part(Protocol):
    """What takes part in a transaction: a partition, or the offsets of a group."""

    def mark(self, producer: Identity, *, commit: bool) -> None:
        """Take the marker that ends the transaction."""


class Transaction:
    """What the coordinator knows under one transactional id.

    Attributes:
        state: empty, ongoing, prepared (the end is decided, markers are being written) or complete.
        commit: How it ended, or ends.
        written: The records of the running transaction.
    """

    def __init__(self, name: str, pid: int, timeout_s: float) -> None:
        self.name, self.pid, self.timeout_s = name, pid, timeout_s
        self.epoch, self.state, self.commit = 0, "empty", False
        self.parts: dict[object, Part] = {}
        self.written: list[Record] = []
        self.began_at = 0.0

    @property
    def identity(self) -> Identity:
        return Identity(self.pid, self.epoch)


class Transactions:
    """All transactional ids.

    Args:
        now: Tells the time.
        later: Calls something after the time that a marker takes.
        decided: Hears of each commit at the moment when it cannot be taken back any more.
        bumps: Whether each transaction has an epoch of its own, as with transaction version 2.
    """

    def __init__(
        self,
        now: Callable[[], float],
        later: Callable[[Callable[[], None]], None],
        decided: Callable[[Transaction], None],
        *,
        bumps: bool,
    ) -> None:
        self._now, self._later, self._decided, self._bumps = now, later, decided, bumps
        self._known: dict[str, Transaction] = {}

    def init(self, name: str, timeout_s: float) -> Identity:
        """Give a producer its id, and a new epoch that fences the one before; its open transaction is aborted first."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Transaction(name, 4000 + len(self._known), timeout_s)
            return known.identity
        if known.state == "ongoing":
            known.epoch += 1
            self._end(known, commit=False)
        if known.state == "prepared":
            raise ConcurrentTransactions
        known.epoch, known.state, known.timeout_s = known.epoch + 1, "empty", timeout_s
        return known.identity

    def add(self, name: str, producer: Identity, parts: Iterable[tuple[object, Part]]) -> None:
        """Take partitions, or a group, into the transaction; it begins if none was running."""
        known = self._checked(name, producer)
        if known.state == "prepared":
            raise ConcurrentTransactions
        if known.state != "ongoing":
            known.state, known.began_at = "ongoing", self._now()
        known.parts.update(parts)

    def end(self, name: str, producer: Identity, *, commit: bool) -> Identity:
        """Decide how the transaction ends. Asking again for the same end is answered as the first time.

        Returns who the producer is from now on.
        """
        known = self._checked(name, producer, ended=self._bumps)
        again = known.state in ("prepared", "complete") and known.commit == commit
        if known.epoch != producer.epoch and not again:
            raise InvalidTxnState
        if again and not (self._bumps and known.epoch == producer.epoch):
            if known.state == "prepared":
                raise ConcurrentTransactions
            return known.identity
        if known.state == "prepared":
            raise ConcurrentTransactions
        if known.state != "ongoing" and (commit or not self._bumps):
            raise InvalidTxnState
        self._end(known, commit=commit)
        return known.identity

    def holds(self, name: str, producer: Identity, place: object) -> Transaction:
        """Check that this runs in a transaction of this producer.

        Raises:
            InvalidTxnState: It does not.
        """
        known = self._checked(name, producer)
        if known.state != "ongoing" or place not in known.parts:
            raise InvalidTxnState
        return known

    def expire(self) -> list[str]:
        """Abort transactions whose time is up, and fence their producers. Returns their names."""
        late = [
            known
            for known in self._known.values()
            if known.state == "ongoing" and self._now() - known.began_at > known.timeout_s
        ]
        for known in late:
            known.epoch += not self._bumps
            self._end(known, commit=False)
        return [known.name for known in late]

    def _checked(self, name: str, producer: Identity, *, ended: bool = False) -> Transaction:
        """Find what is known of a producer; one whose transaction has ended may ask once more how."""
        known = self._known.get(name)
        if known is None or known.pid != producer.pid:
            raise InvalidProducerIdMapping
        if known.epoch != producer.epoch and not (ended and known.epoch == producer.epoch + 1):
            raise InvalidProducerEpoch
        return known

    def _end(self, known: Transaction, *, commit: bool) -> None:
        known.state, known.commit = "prepared", commit
        known.epoch += self._bumps
        if commit:
            self._decided(known)
        known.written = []
        if not known.parts:
            known.state = "complete"
        for place in list(known.parts):
            self._later(lambda place=place: self._mark(known, place))

    def _mark(self, known: Transaction, place: object) -> None:
        known.parts.pop(place).mark(known.identity, commit=known.commit)
        if not known.parts:
            known.state = "complete"
