"""The lanes that this worker has open, and the membership they were opened under."""

import asyncio
from collections.abc import Iterable

from agents.engine.lane import Lane
from agents.engine.membership import Membership


class Lanes:
    """A changing set of lanes. `version` grows with every change, so that a reader sees that its set is old."""

    def __init__(self) -> None:
        self.open: dict[int, Lane] = {}
        self.membership: Membership | None = None
        self.version = 0
        self.present = asyncio.Event()

    def add(self, lanes: Iterable[Lane], membership: Membership) -> None:
        """Take in opened lanes."""
        self.open = self.open | {lane.partition: lane for lane in lanes}
        self.membership = membership
        self.version += 1
        self.present.set()

    def forget(self) -> list[int]:
        """Close and drop all lanes: their memory may be ahead of the log. Returns their partitions."""
        gone = sorted(self.open)
        for lane in self.open.values():
            lane.closed = True
        self.open, self.membership = {}, None
        self.version += 1
        self.present.clear()
        return gone

    def dirty(self) -> list[Lane]:
        """Give the lanes that have something to commit."""
        return [lane for lane in self.open.values() if lane.dirty]
