"""Stand-ins for what the engine touches outside itself, small and honest."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from agents.engine.clients import Clients
from agents.engine.lanes import Lanes
from agents.engine.observer import Observer
from agents.engine.settings import EngineSettings
from agents.engine.shared import Shared


@dataclass
class Record:
    offset: int
    value: bytes | None = b"v"
    key: bytes | None = b"k"
    topic: str = "in"
    partition: int = 0
    timestamp: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


class Output(NamedTuple):
    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Harvest(NamedTuple):
    rows: list[tuple[bytes, bytes | None]]
    outputs: list[Output]


@dataclass
class Fold:
    """Remembers what it was given."""

    urgent: bool = False
    taken: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    rows: dict[bytes, bytes | None] = field(default_factory=dict)
    commits: int = 0
    pause_s: float = 0.0

    def restore(self, key: bytes, value: bytes | None) -> None:
        self.rows[key] = value

    def take(self, record: Record) -> None:
        if record.value == b"bug":
            raise ZeroDivisionError
        time.sleep(self.pause_s)
        self.taken.append(record.offset)
        self.waiting.append(record.offset)

    def harvest(self) -> Harvest:
        harvest = Harvest([(b"%d" % offset, b"row") for offset in self.waiting], [])
        self.waiting = []
        return harvest

    def committed(self) -> None:
        self.commits += 1


class Heard(Observer):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def committed(self, lanes: int, records: int, rows: int, outputs: int, seconds: float) -> None:
        assert seconds >= 0
        self.events.append(("committed", lanes, records, rows, outputs))

    def refused(self, reason: str, lanes: Sequence[int], records: int) -> None:
        self.events.append(("refused", reason, list(lanes), records))

    def skipped(self, topic: str, partition: int, wanted: int, found: int) -> None:
        self.events.append(("skipped", topic, partition, wanted, found))

    def revoked(self, lanes: Sequence[int], seconds: float, *, abandoned: bool) -> None:
        assert seconds >= 0
        self.events.append(("revoked", list(lanes), abandoned))


def settings(**more: Any) -> EngineSettings:
    return EngineSettings(**{"app_id": "app", "brokers": ("127.0.0.1:1",), "inputs": ("in",), **more})


def shared(fail: Any, **more: Any) -> tuple[Shared, Heard]:
    heard = Heard()
    made = settings(**more)
    return Shared(made, Lanes(), heard, lambda _lane: Fold(), fail, Clients(made)), heard
