"""What the reader hands over: a batch of one partition, and a round of all that one look gave."""

import asyncio
from collections.abc import Callable, Sequence

from agents.engine.fold import Record
from agents.engine.lane import TURN_S, Lane
from agents.engine.moment import now


class Batch:
    """Records of one partition, in order: all that there are at the offsets in [start, end)."""

    __slots__ = ("__weakref__", "end", "lane", "records", "start", "topic")

    def __init__(self, lane: Lane, topic: str, records: Sequence[Record], start: int, end: int) -> None:
        self.lane, self.topic, self.records, self.start, self.end = lane, topic, records, start, end


class Round:
    """Batches of all lanes, each lane's in the order of time: one message, because each has its price in Faust."""

    __slots__ = ("_fail", "batches")

    def __init__(self, batches: Sequence[Batch], fail: Callable[[BaseException], None]) -> None:
        self.batches, self._fail = batches, fail

    async def fold(self) -> None:
        """Fold all records into their lanes. A bug in a fold ends the process: nothing of its batch is written."""
        turn = now() + TURN_S
        try:
            for batch in self.batches:
                await batch.lane.offer(batch.topic, batch.records, batch.start, batch.end)
                if now() > turn:
                    await asyncio.sleep(0)
                    turn = now() + TURN_S
        except Exception as error:  # noqa: BLE001 - Faust would log it and go on with half a batch folded
            self._fail(error)
        await asyncio.sleep(0)  # a queue that is not empty gives the next round without a turn of the event loop
