"""One transaction: the order of its calls is what makes it exact."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import TopicPartition

from agents.engine.batches import Parcel, Route, of_outputs, of_rows, send
from agents.engine.kafka import Producer
from agents.engine.lane import Taken
from agents.engine.membership import Membership, RefusedError

POSITION = b"\x00position"

Hook = Callable[[str, int], Awaitable[None]]
"""Called with the number of records at "begun", "acknowledged", "fenced" and "committed", with that of the lanes at
"revoking"; tests stop the process there."""


async def no_hook(_point: str, _records: int) -> None:
    """Do nothing."""


def position_row(taken: Taken, owner: str) -> bytes:
    """Give the lane's own row: where its next owner goes on reading, and who wrote it."""
    return orjson.dumps({"positions": dict(taken.positions), "by": owner})


@dataclass(frozen=True, slots=True)
class Transactions:
    """Writes transactions, one at a time, under one transactional id.

    Attributes:
        owner: The transactional id, for the position rows.
        routes: Topics whose records do not go to the lane's own partition, and where they go.
    """

    producer: Producer
    changelog: str
    owner: str
    hook: Hook
    routes: Mapping[str, Route] = field(default_factory=dict)

    async def write(self, taken: Sequence[Taken], membership: Membership) -> None:
        """Write everything, have the group confirm that we still own the lanes, and commit.

        The offsets go out only when every record is in the log: so either the group accepted them, and the next owner
        finds our records below the high watermark and waits for our end; or it refuses them.

        Raises:
            RefusedError: The group does not know us any more. The transaction is still open: abort it.
        """
        records = sum(part.records for part in taken)
        await self.producer.begin_transaction()
        await self.hook("begun", records)
        await asyncio.gather(*await self._produce(taken))
        await self.hook("acknowledged", records)
        await self.producer.send_offsets_to_transaction(offsets_of(taken), membership)
        await self.hook("fenced", records)
        await self.producer.commit_transaction()
        await self.hook("committed", records)

    async def show(self, lane: TopicPartition, membership: Membership) -> None:
        """Use the transactional id without a trace.

        Raises:
            ProducerFenced: Another process has it now.
        """
        await self.producer.begin_transaction()
        with contextlib.suppress(RefusedError):  # the rebalance that follows opens the lanes again
            await self.producer.send_offsets_to_transaction({lane: 0}, membership)
        await self.producer.abort_transaction()

    async def abort(self) -> None:
        """Take everything back that was written since the last commit."""
        await self.producer.abort_transaction()

    async def _produce(self, taken: Sequence[Taken]) -> list[Awaitable[Any]]:
        parcels: list[Parcel] = []
        for part in taken:
            # The position row is first, so that the first record of an open transaction names its owner.
            rows = [(POSITION, position_row(part, self.owner)), *part.harvest.rows]
            parcels += of_rows(self.producer, self.changelog, part.lane.partition, rows)
            parcels += of_outputs(self.producer, part.lane.partition, part.harvest.outputs, self.routes)
            await asyncio.sleep(0)  # it may be much
        return await send(self.producer, parcels)


def offsets_of(taken: Sequence[Taken]) -> dict[TopicPartition, int]:
    """Give the next offset to be read of each input partition."""
    return {
        TopicPartition(topic, part.lane.partition): offset for part in taken for topic, offset in part.positions.items()
    }
