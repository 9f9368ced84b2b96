"""Where refused messages go: unchanged to the dead letter topic, with the reason in Kafka Connect's error headers.

Source of the header names: Apache Kafka Connect, KIP-298 (`__connect.errors.*`), so that tools which read Connect's
dead letters read ours.
"""

from collections.abc import Sequence

from schemas.codec import Output
from schemas.envelope import Refusal
from schemas.topics import DEADLETTER
from streams.record import HELD, Record

PREFIX = "__connect.errors."
REASON = f"{PREFIX}exception.class.name"
MESSAGE = f"{PREFIX}exception.message"
DETAIL_MAX = 1000


def deadletter(record: Record, refusal: Refusal) -> Output:
    """The refused record with its original key, value and headers."""
    errors = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "connector.name": "leadrelay",
        "task.id": str(record.partition),
        "stage": "VALUE_CONVERTER",
        "class.name": "schemas.codec",
        "exception.class.name": refusal.reason,
        "exception.message": refusal.detail[:DETAIL_MAX],
    }
    added = tuple((PREFIX + name, text.encode()) for name, text in errors.items())
    return Output(DEADLETTER.name, record.key, record.value, (*record.headers, *added))


def original(headers: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    """A dead letter's own headers, as they were when it was refused; if it has waited, it does not wait again."""
    return tuple((name, value) for name, value in headers if name != HELD and not name.startswith(PREFIX))
