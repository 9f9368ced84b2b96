"""The logic that the simulated workers run: small, and it shows any record lost, doubled or folded out of order."""

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

from agents.engine.fold import Record

A, B, LETTERS = "a", "b", "letters"
INPUTS = (A, B, LETTERS)
FACTS, HANDOFFS = "facts", "handoffs"
OUTPUTS = (FACTS, HANDOFFS, LETTERS)
REMINDER = b"reminder"
HANDOFF_EACH = 4


class Output(NamedTuple):
    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Harvest(NamedTuple):
    rows: list[tuple[bytes, bytes | None]]
    outputs: list[Output]


class ToyFold:
    """Row of a key: how many records it had, and a digest of which and in which order.

    Each record makes a fact that names it; a record `letter` makes a letter to the same lane, `gone` deletes the row,
    and each fourth of a key makes a handoff.
    """

    def __init__(self, spend: Callable[[str], None] = lambda _what: None) -> None:
        self.rows: dict[bytes, tuple[int, int]] = {}
        self.urgent = False
        self._changed: dict[bytes, None] = {}
        self._outputs: list[Output] = []
        self._spend = spend

    def restore(self, key: bytes, value: bytes | None) -> None:
        self._spend("restore")
        if value is None:
            self.rows.pop(key, None)
        else:
            count, digest = value.split()
            self.rows[key] = int(count), int(digest)

    def take(self, record: Record) -> None:
        self._spend("take")
        key = record.key or b""
        cause = f"{record.topic}/{record.offset}".encode()
        count, digest = self.rows.get(key, (0, 0))
        count, digest = count + 1, crc32(cause, digest)
        self.rows[key] = count, digest
        self._changed[key] = None
        self._outputs.append(Output(FACTS, key, cause))
        if record.value == b"letter":
            self._outputs.append(Output(LETTERS, key, b"of " + cause))
        if record.value == b"gone":
            del self.rows[key]
        if count % HANDOFF_EACH == 0:
            self.urgent = True
            self._outputs.append(Output(HANDOFFS, key, b"%d %d" % (count, digest)))

    def remind(self) -> None:
        """Post what no record has caused."""
        self._outputs.append(Output(LETTERS, b"k0", REMINDER))

    def harvest(self) -> Harvest:
        rows: list[tuple[bytes, bytes | None]] = [(key, self._packed(key)) for key in self._changed]
        harvest = Harvest(rows, self._outputs)
        self._changed, self._outputs, self.urgent = {}, [], False
        return harvest

    def _packed(self, key: bytes) -> bytes | None:
        row = self.rows.get(key)
        return None if row is None else b"%d %d" % row

    def committed(self) -> None:
        """Nothing is kept for it."""
