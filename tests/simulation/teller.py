"""Writes what an engine tells into the trace of its world, and counts it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.engine.observer import Observer

if TYPE_CHECKING:
    from tests.simulation.world import World


WAIT_S = 0.1


class Teller(Observer):
    """The observer of one worker."""

    def __init__(self, world: "World", name: str) -> None:
        self._world, self._name = world, name

    def _tell(self, what: str, detail: object) -> None:
        self._world.seen[what] += 1
        self._world.note(self._name, f"{what} {detail}")

    def opened(self, lane: int, rows: int, seconds: float, waited: float) -> None:
        del rows, seconds
        self._tell("opened after a wait" if waited > WAIT_S else "opened", lane)

    def revoked(self, lanes: Sequence[int], seconds: float, *, abandoned: bool) -> None:
        del seconds
        self._tell("revoked inside a transaction" if abandoned else "revoked", lanes)

    def refused(self, reason: str, lanes: Sequence[int], records: int) -> None:
        del records
        self._tell(f"refused {reason}", lanes)

    def fenced(self, owner: str, lane: int) -> None:
        self._tell("fenced a dead owner", f"{owner} in lane {lane}")

    def reread(self, topic: str, partition: int, offset: int) -> None:
        self._tell("read again", f"{topic}/{partition} from {offset}")

    def skipped(self, topic: str, partition: int, wanted: int, found: int) -> None:
        self._tell("skipped what retention took", f"{topic}/{partition} from {wanted} to {found}")
