"""All input partitions of one set of lanes: what was read of them and not handed over."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from aiokafka import TopicPartition

from agents.engine.batch import Batch
from agents.engine.fold import Record
from agents.engine.lane import Lane
from agents.engine.source import Source, Unread, in_step

LOOK_S = 0.25
"""How often lanes are looked at that do not follow."""


class Inputs:
    """The sources of every lane. What a turn of the reader costs depends on what came in, not on how many there are."""

    def __init__(self, lanes: Mapping[int, Lane], topics: Sequence[str], unread: Unread) -> None:
        self._lanes = {
            number: (lane, [Source(lane, TopicPartition(topic, number), unread) for topic in topics])
            for number, lane in lanes.items()
        }
        self._by_place = {source.place: source for _, sources in self._lanes.values() for source in sources}
        self._holding: set[int] = set()
        self._look_at = 0.0

    @property
    def starts(self) -> dict[TopicPartition, int]:
        """Where reading goes on."""
        return {place: source.next for place, source in self._by_place.items()}

    @property
    def lag(self) -> dict[TopicPartition, int]:
        """How many offsets the lanes are behind."""
        return {place: source.lag for place, source in self._by_place.items()}

    @property
    def held(self) -> bool:
        """Whether something was read and not handed over."""
        return bool(self._holding)

    def hungry(self, most: int) -> list[TopicPartition]:
        """Give the partitions of which fewer records than this wait."""
        if not self._holding:
            return list(self._by_place)
        return [place for place, source in self._by_place.items() if source.held < most]

    def add(self, got: Mapping[TopicPartition, Sequence[Record]]) -> None:
        """Take what was read."""
        for place, records in got.items():
            self._by_place[place].add(records)
            self._holding.add(place.partition)

    def hand_over(self, room: Callable[[Lane, int], bool], most: int, moment: float) -> list[Batch]:
        """Give each lane at most so many records, if it has room beside those that are on their way to it."""
        batches: list[Batch] = []
        for number in sorted(self._holding):
            lane, sources = self._lanes[number]
            if room(lane, sum(source.coming for source in sources)):
                batches += in_step(sources, most, moment)
            if not any(source.held for source in sources):
                self._holding.discard(number)
        return batches

    def missing(self, moment: float) -> Iterator[tuple[TopicPartition, int]]:
        """Give what an agent refused or never got, and the offsets to read it again from."""
        if moment < self._look_at:
            return
        self._look_at = moment + LOOK_S
        for place, source in self._by_place.items():
            again = source.missing(moment)
            if again is not None:
                yield place, again
