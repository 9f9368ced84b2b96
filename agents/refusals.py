"""Stops the worker when too much is refused: then the feed is broken, not the messages."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from agents.errors import LeadrelayError
from agents.settings import variable
from schemas.topics import DEADLETTER

Counts = Mapping[tuple[str, ...], int]


class Counted(Protocol):
    """What is watched of a lane: its counters."""

    @property
    def shown(self) -> Counts:
        """As of the last commit."""

    @property
    def restored(self) -> Counts:
        """As they were when it was opened."""


class RefusalLimit:
    """Watches the share of refused messages since this process opened its lanes."""

    def __init__(self, share_max: float, count_min: int) -> None:
        self._share_max, self._count_min = share_max, count_min

    def check(self, lanes: Iterable[Counted]) -> None:
        """Look at all open lanes.

        Raises:
            LeadrelayError: The limit is passed; the refused messages are in the dead letter topic.
        """
        handled = refused = 0
        for lane in lanes:
            now_handled, now_refused = _ends(lane.shown)
            was_handled, was_refused = _ends(lane.restored)
            handled += now_handled - was_handled
            refused += now_refused - was_refused
        if refused >= self._count_min and refused > self._share_max * handled:
            raise LeadrelayError(
                "too many messages are refused",
                f"{refused} of {handled} since this worker started; they are in {DEADLETTER.name}",
                f"look at them with `leadrelay deadletter list`, mend what sends them, start again; "
                f"{variable('refused_share_max')} sets the limit",
                exit_code=4,
            )


def _ends(counts: Counts) -> tuple[int, int]:
    """Messages handled and messages refused."""
    ends = [(key[2], number) for key, number in counts.items() if key[0] == "messages"]
    return sum(number for _, number in ends), sum(number for end, number in ends if end == "refused")
