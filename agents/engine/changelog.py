"""Reads a lane's changelog partition to a mark: rows go to the fold, the position row comes back."""

from collections.abc import Iterable, Mapping

import orjson
from aiokafka import TopicPartition

from agents.engine.fold import Fold, NewFold, Record
from agents.engine.kafka import Consumer
from agents.engine.transaction import POSITION
from agents.errors import LeadrelayError

POLL_MS = 500


class Restored:
    """What one changelog partition holds."""

    def __init__(self, fold: Fold) -> None:
        self.fold, self.rows = fold, 0
        self.positions: dict[str, int] = {}

    def take(self, records: Iterable[Record]) -> None:
        """Take records in order."""
        restore = self.fold.restore
        for record in records:
            if record.key is None:
                raise _foreign(record, "a record without a key")
            if record.key == POSITION:
                self.positions = _positions(record)
            else:
                restore(record.key, record.value)
                self.rows += 1


async def restore(
    consumer: Consumer, marks: Mapping[TopicPartition, int], new_fold: NewFold
) -> dict[TopicPartition, Restored]:
    """Read partitions from their beginning to their marks (offsets), committed records alone."""
    restored = {place: Restored(new_fold(place.partition)) for place in marks}
    consumer.assign(list(marks))
    await consumer.seek_to_beginning()
    left = {place for place, mark in marks.items() if mark}
    while left:
        for place, records in (await consumer.getmany(*left, timeout_ms=POLL_MS)).items():
            restored[place].take(records)
        left = {place for place in left if await consumer.position(place) < marks[place]}
    return restored


def owner_of(record: Record) -> str | None:
    """Tell who wrote this record, if it is a position row."""
    return str(_read(record)["by"]) if record.key == POSITION else None


def _positions(record: Record) -> dict[str, int]:
    return {str(topic): int(offset) for topic, offset in _read(record)["positions"].items()}


def _read(record: Record) -> dict[str, dict[str, int]]:
    try:
        row: dict[str, dict[str, int]] = orjson.loads(record.value or b"")
        row["by"], row["positions"].items()
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _foreign(record, f"a position row that is none: {error}") from error
    return row


def _foreign(record: Record, detail: str) -> LeadrelayError:
    return LeadrelayError(
        "The changelog holds a record that this program did not write",
        f"{record.topic}, partition {record.partition}, offset {record.offset}: {detail}",
        "Find out who writes to this topic; no other program may",
    )
