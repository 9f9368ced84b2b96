"""Stops the worker when too much is refused: then the feed is broken, not the messages."""

from collections.abc import Mapping
from typing import Protocol

from agents.errors import LeadrelayError
from agents.settings import variable
from schemas.topics import DEADLETTER

Counts = Mapping[tuple[str, ...], int]


class Counted(Protocol):
    """What is watched of a lane: its counters as of the last commit."""

    shown: Counts


class RefusalLimit:
    """Watches the share of refused messages since this process opened its lanes."""

    def __init__(self, share_max: float, count_min: int) -> None:
        self._share_max, self._count_min = share_max, count_min
        self._opened: dict[int, tuple[Counted, int, int]] = {}

    def check(self, lanes: Mapping[int, Counted]) -> None:
        """Look at all open lanes.

        Raises:
            LeadrelayError: The limit is passed; the refused messages are in the dead letter topic.
        """
        handled = refused = 0
        for number, lane in lanes.items():
            known = self._opened.get(number)
            if known is None or known[0] is not lane:
                known = self._opened[number] = (lane, *_ends(lane.shown))
            now_handled, now_refused = _ends(lane.shown)
            handled += now_handled - known[1]
            refused += now_refused - known[2]
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
