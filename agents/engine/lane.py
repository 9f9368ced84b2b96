"""One lane: the fold of one partition, how far it has read, and what of that is not in the log yet."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from agents.engine.fold import Fold, Harvest, Record
from agents.errors import LeadrelayError


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
        self.dirty = False
        self.uncommitted = 0
        self._tell = tell

    @property
    def urgent(self) -> bool:
        """Whether readers wait for what the next transaction publishes."""
        return bool(getattr(self.fold, "urgent", True))

    def offer(self, topic: str, records: Sequence[Record], start: int, end: int) -> bool:
        """Fold the records of the offsets in [start, end), those that are new.

        Old news and records behind a gap are left alone: the reader sees it by the positions and reads again.
        """
        want = self.positions.get(topic, 0)
        if self.closed or end <= want or start > want:
            return False
        take = self.fold.take
        new = records if start == want else [record for record in records if record.offset >= want]
        for record in new:
            try:
                take(record)
            except LeadrelayError:
                raise
            except Exception as error:
                raise FoldError(record) from error
        self.positions[topic] = end
        self.uncommitted += len(new)
        self.touch()
        return True

    def touch(self) -> None:
        """Have the fold harvested soon, though no record came in."""
        if not self.closed:
            self.dirty = True
            self._tell(self)

    def take(self) -> Taken:
        """Give everything since the last call to a transaction. Nothing is folded in between."""
        taken = Taken(self, dict(self.positions), self.fold.harvest(), self.uncommitted)
        self.dirty, self.uncommitted = False, 0
        return taken
