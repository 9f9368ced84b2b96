"""Messages that are dated in the future: each waits in a row of its lane, and comes as a letter when it is time."""

from base64 import b64decode, b64encode
from collections.abc import Iterator

import orjson

from schemas.codec import Output
from streams.alarms import Alarms
from streams.forwarding import forward, is_held
from streams.record import Record

PREFIX = b"\x00waiting:"
AHEAD_MS = 300_000
"""Clocks of those who send may be ahead by so much; what is dated later waits."""


class Waiting:
    """The messages of one lane that wait, by the keys of their rows."""

    def __init__(self) -> None:
        self._rows: dict[bytes, bytes] = {}
        self._alarms = Alarms()
        self._changed: set[bytes] = set()

    def hold(self, record: Record, place: str, at: int) -> None:
        """Let a message wait until its time (ms since the epoch)."""
        letter, key = forward(record, place, held=True), PREFIX + place.encode()
        headers = [(name, b64encode(value or b"").decode()) for name, value in letter.headers]
        value = (letter.value or b"").decode()
        self._rows[key] = orjson.dumps([at, letter.topic, (letter.key or b"").decode(), value, headers])
        self._changed.add(key)
        self._alarms.set(at, key)

    def release(self, record: Record) -> bool:
        """Whether this message is none that waited, or has not come before; then it waits no more."""
        place = is_held(record)
        key = PREFIX + (place or b"")
        if place is None:
            return True
        self._changed.add(key)
        return self._rows.pop(key, None) is not None

    @property
    def wakes_at(self) -> int | None:
        """The instant at which the first of them comes; None when none waits."""
        return self._alarms.next_at

    def ring(self, now: int) -> Iterator[Output]:
        """The messages whose time has come, as letters."""
        for _, key in self._alarms.rung(now, self._due_at):
            yield self._letter(key)

    def _due_at(self, key: bytes) -> int | None:
        row = self._rows.get(key)
        return orjson.loads(row)[0] if row is not None else None

    def _letter(self, key: bytes) -> Output:
        _, topic, lead, value, headers = orjson.loads(self._rows[key])
        return Output(topic, lead.encode(), value.encode(), tuple((name, b64decode(text)) for name, text in headers))

    def restore(self, key: bytes, row: bytes | None) -> None:
        """Take a row of the changelog."""
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row
            self._alarms.set(self._due_at(key), key)

    def changes(self) -> list[tuple[bytes, bytes | None]]:
        """The rows that changed since the last call."""
        rows = [(key, self._rows.get(key)) for key in sorted(self._changed)]
        self._changed.clear()
        return rows
