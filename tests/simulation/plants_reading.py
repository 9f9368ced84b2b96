"""Faults planted in opening, restoring, reading and folding."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from agents.engine import opener
from agents.engine.consumer import DirectConsumer
from agents.engine.edges import LATEST, offsets
from agents.engine.lane import Lane
from agents.engine.opener import Opener
from agents.engine.reader import Reader
from agents.engine.records import Unpacking
from agents.engine.source import Source
from agents.engine.writer import Writer
from tests.simulation.clients import ModelConsumer, ModelKafka
from tests.simulation.planting import Patch, instead


def no_wait_for_open_transactions() -> list[Patch]:
    """The mark is the last stable offset and not the high watermark: an older owner's transaction is not waited for."""

    async def end_offsets(self: DirectConsumer, places: Sequence[Any]) -> Any:
        return await offsets(self._client, places, LATEST, committed=True, bound_s=self._bound_s)

    return [instead(DirectConsumer, "end_offsets", end_offsets)]


def own_transaction_not_awaited() -> list[Patch]:
    """Lanes are opened, and given up, while our own transaction still runs."""

    async def idle(_self: Writer) -> None:
        """Go on at once."""

    return [instead(Writer, "idle", idle)]


def old_opening_goes_on() -> list[Patch]:
    """The opening of an older assignment is not dropped."""

    def cancel(self: Opener) -> None:
        self._task = None

    return [instead(Opener, "cancel", cancel)]


def restore_of_what_was_not_committed() -> list[Patch]:
    """A lane is restored from aborted rows too."""

    def restore(before: Any) -> Any:
        async def all_there_is(consumer: ModelConsumer, marks: Any, new_fold: Any) -> Any:
            consumer._committed = False
            try:
                return await before(consumer, marks, new_fold)
            finally:
                consumer._committed = True

        return all_there_is

    return [Patch(opener, "restore", restore)]


def restore_that_ends_early() -> list[Patch]:
    """The last record below the mark is left out."""

    def restore(before: Any) -> Any:
        async def most(consumer: ModelConsumer, marks: Mapping[Any, int], new_fold: Any) -> Any:
            return await before(consumer, {place: max(0, mark - 2) for place, mark in marks.items()}, new_fold)

        return most

    return [Patch(opener, "restore", restore)]


def input_that_was_not_committed() -> list[Patch]:
    """The reader folds records of transactions that may be aborted."""

    def consumer(before: Any) -> Any:
        def any_level(self: ModelKafka, level: str, **options: Any) -> AbstractContextManager[Any]:
            return before(self, level if "fetch_max_wait_ms" in options else "read_uncommitted", **options)

        return any_level

    return [Patch(ModelKafka, "consumer", consumer)]


def dropped_batches_stay_dropped() -> list[Patch]:
    """What an agent refused is not read again."""
    return [instead(Source, "missing", lambda *_: None)]


def retention_is_not_followed() -> list[Patch]:
    """The reader goes back to where the topic no longer has anything."""

    async def resettle(_self: Reader, _client: Any) -> None:
        """Change nothing."""

    return [instead(Reader, "_resettle", resettle)]


def gaps_are_stepped_over() -> list[Patch]:
    """A batch is folded though what comes before it never arrived."""

    def offer(before: Any) -> Any:
        async def anywhere(self: Lane, topic: str, records: Sequence[Any], start: int, end: int) -> bool:
            if not self.closed:
                self.positions[topic] = max(start, self.positions[topic])
            folded: bool = await before(self, topic, records, start, end)
            return folded

        return anywhere

    return [Patch(Lane, "offer", offer)]


def position_before_its_records() -> list[Patch]:
    """The position is that of the whole batch while half of it is folded."""

    async def offer(self: Lane, topic: str, records: Sequence[Any], start: int, end: int) -> bool:
        want = self.positions.get(topic, 0)
        if self.closed or end <= want or start > want:
            return False
        self.positions[topic] = end
        for record in records:
            if record.offset >= want:
                self._fold([record])
                self.touch()
                await asyncio.sleep(0)
        return True

    return [instead(Lane, "offer", offer)]


def aborted_records_are_given() -> list[Patch]:
    """The consumer takes the marker of an aborted transaction for all there is to it."""
    return [instead(Unpacking, "_counts", lambda _self, batch: not batch.is_control_batch)]


READING: tuple[Callable[[], list[Patch]], ...] = (
    no_wait_for_open_transactions,
    own_transaction_not_awaited,
    old_opening_goes_on,
    restore_of_what_was_not_committed,
    restore_that_ends_early,
    input_that_was_not_committed,
    dropped_batches_stay_dropped,
    retention_is_not_followed,
    gaps_are_stepped_over,
    position_before_its_records,
    aborted_records_are_given,
)
