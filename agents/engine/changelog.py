"""Reads a lane's changelog partition to a mark: rows go to the fold, the position row comes back."""

import asyncio
from collections.abc import Mapping, Sequence

import orjson
from aiokafka import TopicPartition

from agents.engine.fold import Fold, NewFold, Record
from agents.engine.kafka import Consumer
from agents.engine.records import Row
from agents.engine.transaction import POSITION
from agents.errors import LeadrelayError

POLL_MS = 500
PORTION = 5000


class Restored:
    """What one changelog partition holds."""

    def __init__(self, fold: Fold) -> None:
        self.fold, self.rows = fold, 0
        self.positions: dict[str, int] = {}

    def take(self, place: TopicPartition, rows: Sequence[Row]) -> None:
        """Take keys and values in order."""
        restore = self.fold.restore
        for key, value in rows:
            if key is None:
                raise _foreign(place, "a record without a key")
            if key == POSITION:
                self.positions = _positions(place, value)
            else:
                restore(key, value)
        self.rows += len(rows)


async def restore(
    consumer: Consumer, marks: Mapping[TopicPartition, int], new_fold: NewFold
) -> dict[TopicPartition, Restored]:
    """Read partitions from their beginning to their marks (offsets), committed records alone."""
    restored = {place: Restored(new_fold(place.partition)) for place in marks}
    consumer.assign(list(marks))
    await consumer.seek_to_beginning()
    left = {place for place, mark in marks.items() if mark}
    while left:
        for place, rows in (await consumer.getrows(*left, timeout_ms=POLL_MS, max_records=PORTION)).items():
            restored[place].take(place, rows)
        await asyncio.sleep(0)  # open lanes go on meanwhile
        left = {place for place in left if await consumer.position(place) < marks[place]}
    return restored


def owner_of(record: Record) -> str | None:
    """Tell who wrote this record, if it is a position row."""
    place = TopicPartition(record.topic, record.partition)
    return str(_read(place, record.value)["by"]) if record.key == POSITION else None


def _positions(place: TopicPartition, value: bytes | None) -> dict[str, int]:
    return {str(topic): int(offset) for topic, offset in _read(place, value)["positions"].items()}


def _read(place: TopicPartition, value: bytes | None) -> dict[str, dict[str, int]]:
    try:
        row: dict[str, dict[str, int]] = orjson.loads(value or b"")
        row["by"], row["positions"].items()
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _foreign(place, f"a position row that is none: {error}") from error
    return row


def _foreign(place: TopicPartition, detail: str) -> LeadrelayError:
    return LeadrelayError(
        "The changelog holds a record that this program did not write",
        f"{place.topic}, partition {place.partition}: {detail}",
        "Find out who writes to this topic; no other program may",
    )
