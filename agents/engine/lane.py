"""One lane: the fold of one partition, how far it has read, and what of that is not in the log yet."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from agents.engine.fold import Fold, Harvest, Record
from agents.engine.moment import now
from agents.errors import LeadrelayError

PIECE = 16
TURN_S = 0.005
"""So many records are folded between two looks at the clock, and for so long between two turns of the event loop."""


class Taken(NamedTuple):
    """What a lane gives to one transaction: positions is the next offset of each input topic."""

    lane: "Lane"
    positions: Mapping[str, int]
    harvest: Harvest
    records: int


class FoldError(Exception):
    """The logic failed on this record."""

    def __init__(self, record: Record) -> None:
        super().__init__(f"{record.topic}/{record.partition}, offset {record.offset}")


class Lane:
    """A partition number, its fold and its positions. Folding on arrival overlaps the running transaction."""

    def __init__(self, partition: int, fold: Fold, positions: dict[str, int], tell: Callable[["Lane"], None]) -> None:
        """Begin with a restored fold.

        Args:
            partition: Partition of every input topic and of the changelog.
            fold: The state, restored.
            positions: Next offset of each input topic, from the changelog.
            tell: Called whenever there is something to commit.
        """
        self.partition, self.fold, self.positions = partition, fold, positions
        self.closed = False
        self.dirty_since: float | None = None
        self.uncommitted = 0
        self._tell = tell

    @property
    def dirty(self) -> bool:
        """Whether there is something to commit."""
        return self.dirty_since is not None

    @property
    def urgent(self) -> bool:
        """Whether readers wait for what the next transaction publishes."""
        return bool(getattr(self.fold, "urgent", True))

    async def offer(self, topic: str, records: Sequence[Record], start: int, end: int) -> bool:
        """Fold the records of the offsets in [start, end), those that are new.

        Old news and records behind a gap are left alone: the reader sees it by the positions and reads again. The event
        loop gets its turn every few milliseconds: a running transaction must not wait for a slow fold. What is folded
        by then may be harvested, so positions and records go together.
        """
        want = self.positions.get(topic, 0)
        if self.closed or end <= want or start > want:
            return False
        new = records if start == want else [record for record in records if record.offset >= want]
        turn = now() + TURN_S
        for at in range(0, len(new), PIECE):
            piece = new[at : at + PIECE]
            self._fold(piece)
            self.positions[topic] = piece[-1].offset + 1
            self.uncommitted += len(piece)
            if now() > turn:
                self.touch()
                await asyncio.sleep(0)
                if self.closed:
                    return True
                turn = now() + TURN_S
        self.positions[topic] = end
        self.touch()
        return True

    def _fold(self, records: Sequence[Record]) -> None:
        take = self.fold.take
        for record in records:
            try:
                take(record)
            except LeadrelayError:
                raise
            except Exception as error:
                raise FoldError(record) from error

    def touch(self) -> None:
        """Have the fold harvested soon, though no record came in."""
        if not self.closed:
            if self.dirty_since is None:
                self.dirty_since = now()
            self._tell(self)

    def take(self) -> Taken:
        """Give everything since the last call to a transaction. Nothing is folded in between."""
        taken = Taken(self, dict(self.positions), self.fold.harvest(), self.uncommitted)
        self.dirty_since, self.uncommitted = None, 0
        return taken
