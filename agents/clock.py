"""Posts reminders: the only place where time passes; it writes letters to leads whose deadline has come, no more."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Literal, NoReturn, Protocol

from schemas.topics import ACTIVITY, FEEDBACK
from streams.relay import Relay

LOOK_S = 0.25
"""How often the alarms are looked at; a reminder is this much late at most."""

Now = Callable[[Relay], int | None]


class OpenLane(Protocol):
    """What the clock needs of an open lane."""

    fold: Relay

    def touch(self) -> None:
        """Have the lane harvested though nothing came in."""


def wall(_: Relay) -> int:
    """The time of day (ms since the epoch)."""
    return time.time_ns() // 1_000_000


def stream(relay: Relay) -> int | None:
    """How far the lane's events have come: the slower of what leads do and what sales do.

    None until both were heard of since the lane was opened.
    """
    reached = [relay.reached_at.get(topic.name) for topic in (ACTIVITY, FEEDBACK)]
    known = [at for at in reached if at is not None]
    return min(known) if len(known) == len(reached) else None


def off(_: Relay) -> None:
    """No time at all: a history is fed whose deadlines were settled long ago."""


CLOCKS: Mapping[Literal["wall", "stream", "off"], Now] = {"wall": wall, "stream": stream, "off": off}


def ring(lanes: Mapping[int, OpenLane], now: Now) -> int:
    """Write the reminders that are due in these lanes; how many there were."""
    posted = 0
    for lane in lanes.values():
        at = now(lane.fold)
        rung = lane.fold.ring(at) if at is not None else 0
        if rung:
            lane.touch()
        posted += rung
    return posted


async def keep_time(lanes: Callable[[], Mapping[int, OpenLane]], now: Now, posted: Callable[[int], None]) -> NoReturn:
    """Ring for ever; `posted` hears of each reminder."""
    while True:
        await asyncio.sleep(LOOK_S)
        number = ring(lanes(), now)
        if number:
            posted(number)
