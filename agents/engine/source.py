"""One input partition as the reader sees it, and how the topics of a lane are kept in step."""

import weakref
from collections.abc import Callable, Iterator, Sequence

from aiokafka import TopicPartition

from agents.engine.batch import Batch
from agents.engine.fold import Record
from agents.engine.lane import Lane

Unread = Callable[[TopicPartition], int | None]
"""Tells how many offsets were there beyond what was read, at the last fetch; None before the first."""

STALL_S = 1.0
QUEUE_S = 30.0
STEP_S = 1.0
"""So long a lane waits for records of one topic that are known to be there, before it goes on without them."""


class Source:
    """Where reading is, what was read and not handed over, and since when the lane has not followed.

    Attributes:
        next: The end of what was handed over.
    """

    def __init__(self, lane: Lane, place: TopicPartition, unread: Unread) -> None:
        self.lane, self.place, self._unread = lane, place, unread
        self.next = self._stalled_at = lane.positions[place.topic]
        self._stalled_since: float | None = None
        self._wait: float | None = None
        self._read: list[Record] = []
        self._at = 0
        self._delivered: Callable[[], Batch | None] = lambda: None

    @property
    def held(self) -> int:
        """How many records wait here."""
        return len(self._read) - self._at

    @property
    def coming(self) -> int:
        """How many offsets are on their way to the lane."""
        return self.next - self.lane.positions[self.place.topic]

    @property
    def lag(self) -> int:
        """How many offsets the lane is behind."""
        end = self._read[-1].offset + 1 if self.held else self.next
        return end - self.lane.positions[self.place.topic] + (self._unread(self.place) or 0)

    @property
    def head_at(self) -> int:
        """The time of the first record that waits here (ms since the epoch)."""
        return self._read[self._at].timestamp

    def add(self, records: Sequence[Record]) -> None:
        """Take what was read."""
        self._read = [*self._read[self._at :], *records]
        self._at = 0

    def expects(self, moment: float) -> bool:
        """Whether nothing waits here, more is known to be there, and it is not long overdue."""
        if self.held or self._unread(self.place) == 0:
            self._wait = None
            return False
        if self._wait is None:
            self._wait = moment
        return moment - self._wait < STEP_S

    def hand_over(self, most: int, until_at: int | None) -> Batch:
        """Give at least one record and at most so many, none later than until_at but the first."""
        first = self._at
        end = min(len(self._read), first + most)
        if until_at is None:
            self._at = end
        else:
            self._at += 1
            while self._at < end and self._read[self._at].timestamp <= until_at:
                self._at += 1
        records = self._read[first : self._at]
        batch = Batch(self.lane, self.place.topic, records, self.next, records[-1].offset + 1)
        self.next, self._delivered = batch.end, weakref.ref(batch)
        return batch

    def missing(self, moment: float) -> int | None:
        """Give the offset to read again from, when the lane has stayed behind for too long.

        A batch that somebody still holds waits in a queue, behind slow folds perhaps: the queue moves as long as the
        lane takes anything in. A batch that nobody holds was dropped, whatever else the lane takes in.
        """
        positions = self.lane.positions
        at, held = positions[self.place.topic], self._delivered() is not None
        mark, bound = (sum(positions.values()), QUEUE_S) if held else (at, STALL_S)
        if at >= self.next:
            self._stalled_since = None
        elif self._stalled_since is None or mark != self._stalled_at:
            self._stalled_at, self._stalled_since = mark, moment
        elif moment - self._stalled_since > bound:
            self.next, self._stalled_since = at, None
            self._read, self._at = [], 0
            return at
        return None


def in_step(sources: Sequence[Source], most: int, moment: float) -> Iterator[Batch]:
    """Hand over at most so many records of one lane, oldest first by their timestamps, of all its topics.

    A topic whose next record is known to be there, and was not read yet, holds up the others: it may be older. So a
    backlog is folded in the order in which it was written, as Kafka Streams does it (KIP-353, KIP-695).
    """
    while most > 0 and not any(source.expects(moment) for source in sources):
        full = sorted((source for source in sources if source.held), key=lambda source: source.head_at)
        if not full:
            return
        batch = full[0].hand_over(most, full[1].head_at if full[1:] else None)
        most -= len(batch.records)
        yield batch
