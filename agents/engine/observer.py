"""What the engine tells the outside while it works: metrics, logs and health listen here."""

from collections.abc import Sequence

from agents.errors import LeadrelayError


class Observer:
    """Hears of everything; this one does nothing with it. Calls come from the event loop and must return at once."""

    def assigned(self, lanes: Sequence[int], generation: int) -> None:
        """Hear which lanes the group gave us; they are opened next."""

    def opened(self, lane: int, rows: int, seconds: float, waited: float) -> None:
        """Hear that a lane is open: rows restored, time taken, of which waiting for an older owner's transaction."""

    def revoked(self, lanes: Sequence[int], seconds: float, *, abandoned: bool) -> None:
        """Hear that lanes were given up; abandoned: the running transaction did not end in time."""

    def committed(self, lanes: int, records: int, rows: int, outputs: int, seconds: float) -> None:
        """Hear that a transaction is in the log."""

    def refused(self, reason: str, lanes: Sequence[int], records: int) -> None:
        """Hear that the group no longer knows us: the transaction is aborted and its lanes are forgotten."""

    def fenced(self, owner: str, lane: int) -> None:
        """Hear that the open transaction of a former owner was ended, so that its lane can be opened."""

    def reread(self, topic: str, partition: int, offset: int) -> None:
        """Hear that records did not reach their lane and are read again."""

    def skipped(self, topic: str, partition: int, wanted: int, found: int) -> None:
        """Hear that the topic no longer holds the records from wanted up to found: they are lost."""

    def broker_away(self, seconds: float, detail: str) -> None:
        """Hear, every few seconds, that the broker does not answer."""

    def broker_back(self, seconds: float) -> None:
        """Hear that it answers again, after so long."""

    def failed(self, error: LeadrelayError) -> None:
        """Hear the last words: the process ends now, with this error."""
