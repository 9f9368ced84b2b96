"""Dead letters as people look at them, and their way back to where they came from."""

import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiokafka import ConsumerRecord

from agents.parcels import Parcel
from agents.reading import read_topic
from agents.sending import sender
from schemas.envelope import rfc3339
from schemas.topics import DEADLETTER, LETTERS
from streams.refused import MESSAGE, PREFIX, REASON, original


class DeadLetter(NamedTuple):
    """A refused message: where and when it lies among the dead letters, where it came from, and why it is here.

    Attributes:
        at: When it was refused, ms since the epoch.
        place: Partition and offset among the dead letters.
        topic: Where it came from, with partition and offset.
        reason: One word (`schemas.envelope.REASONS`).
        detail: What exactly was wrong.
        key, value, headers: As they were.
    """

    at: int
    place: tuple[int, int]
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @property
    def parcel(self) -> Parcel:
        """The message, as it goes back."""
        return Parcel(self.topic, self.key, self.value, self.headers)

    @property
    def fingerprint(self) -> bytes:
        """The same for messages that are the same: one that was refused again lies here twice."""
        return hashlib.sha256(repr((self.topic, self.key, self.value, self.headers)).encode()).digest()


def dead_letter(record: ConsumerRecord) -> DeadLetter | None:
    """The dead letter of a record, None when this record is none of ours."""
    headers = dict(record.headers)

    def said(name: str) -> str:
        return (headers[name] or b"").decode(errors="replace")

    try:
        return DeadLetter(
            record.timestamp,
            (record.partition, record.offset),
            said(f"{PREFIX}topic"),
            int(said(f"{PREFIX}partition")),
            int(said(f"{PREFIX}offset")),
            said(REASON),
            said(MESSAGE),
            record.key,
            record.value,
            original(record.headers),
        )
    except (KeyError, ValueError):
        return None


def as_object(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter for programs; bytes that are no UTF-8 are shown as escapes."""
    return {
        "at": rfc3339(letter.at),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "reason": letter.reason,
        "detail": letter.detail,
        "key": text(letter.key),
        "value": text(letter.value),
        "value_bytes": None if letter.value is None else len(letter.value),
        "headers": {name: text(value) for name, value in letter.headers},
        "deadletter": {"partition": letter.place[0], "offset": letter.place[1]},
    }


def text(given: bytes | None) -> str | None:
    """Bytes as text that can be printed whatever they are."""
    return None if given is None else given.decode("utf-8", "backslashreplace")


async def dead_letters(
    brokers: Sequence[str], wanted: Callable[[DeadLetter], bool], **options: Any
) -> AsyncGenerator[DeadLetter, None]:
    """The wanted ones of the dead letters that are there now."""
    async with aclosing(read_topic(brokers, DEADLETTER.name, **options)) as records:
        async for record in records:
            letter = dead_letter(record)
            if letter is not None and wanted(letter):
                yield letter


@dataclass(slots=True)
class Selection:
    """Which dead letters go back: the oldest one of those that are the same.

    Attributes:
        places: Where they lie.
        doubles: How many were left out because the same message is among them already.
        reasons: How many go back, by reason.
    """

    places: set[tuple[int, int]] = field(default_factory=set)
    doubles: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    _seen: set[bytes] = field(default_factory=set)

    def take(self, letter: DeadLetter) -> None:
        """Consider one."""
        mark = letter.fingerprint
        if mark in self._seen:
            self.doubles += 1
            return
        self._seen.add(mark)
        self.places.add(letter.place)
        self.reasons[letter.reason] += 1


async def select(brokers: Sequence[str], wanted: Callable[[DeadLetter], bool], **options: Any) -> Selection:
    """Choose what goes back; only messages of topics that a worker reads can."""
    selection = Selection()
    async with aclosing(dead_letters(brokers, wanted, **options)) as letters:
        async for letter in letters:
            if letter.topic in LETTERS:
                selection.take(letter)
    return selection


async def send_back(brokers: Sequence[str], selection: Selection, **options: Any) -> Counter[str]:
    """Send the chosen messages back as they were, to their lead's lane; how many went to which topic."""
    async with sender(brokers, **options) as to:
        await to.expect(*LETTERS)
        async with aclosing(dead_letters(brokers, lambda letter: letter.place in selection.places, **options)) as found:
            async for letter in found:
                await to.put(letter.parcel, None if letter.key is not None else letter.partition)
        await to.settle()
        return to.acknowledged
