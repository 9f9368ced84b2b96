"""Holds the clock to its word: it posts a reminder when a deadline is over, and does nothing else."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import orjson

from agents.agreement import load_terms
from agents.clock import keep_time, ring, stream, wall
from schemas.topics import ACTIVITY, FEEDBACK, LETTER
from streams.record import Line
from streams.relay import Relay

HOUR_MS = 3_600_000
MONDAY_TEN = 1_793_613_600_000  # 2026-11-02 10:00 UTC, 11:00 in Berlin


def event(kind: str, at: int, data: dict[str, object], offset: int) -> Line:
    family = kind.partition(".")[0]
    topic = ACTIVITY.name if family == "activity" else FEEDBACK.name
    time = f"2026-11-02T{at // HOUR_MS % 24:02}:00:00Z"
    value = {"specversion": "1.0", "id": f"{kind}{offset}", "source": "t", "type": f"leadrelay.{kind}.v1"}
    body = orjson.dumps({**value, "subject": "ada", "time": time, "data": data})
    return Line(topic, 0, offset, at, b"ada", body)


@dataclass
class Open:
    """A lane as the engine shows it."""

    fold: Relay
    touched: int = 0

    def touch(self) -> None:
        self.touched += 1


def handed_over() -> Open:
    lane = Open(Relay(0, 1, load_terms()))
    assert lane.fold.take(event("activity.conversion_made", MONDAY_TEN, {"kind": "demo"}, 0)) == "applied"
    lane.fold.harvest()
    return lane


def due_at(lane: Open) -> int:
    due = lane.fold.lead(b"ada").due_at
    assert due is not None
    return due


def test_a_deadline_that_is_not_over_is_left_alone() -> None:
    lane = handed_over()
    assert ring({0: lane}, lambda _: due_at(lane)) == 0
    assert not lane.touched


def test_a_deadline_and_its_grace_over_give_one_reminder() -> None:
    lane = handed_over()
    now = due_at(lane) + lane.fold.terms.grace_ms
    assert ring({0: lane}, lambda _: now) == 1
    assert lane.touched == 1
    letters = [output for output in lane.fold.harvest().outputs if output.topic == LETTER.name]
    assert [letter.key for letter in letters] == [b"ada"]
    assert ring({0: lane}, lambda _: now) == 0, "it was posted already"


def test_a_clock_that_follows_the_stream_waits_for_the_slower_topic() -> None:
    lane = handed_over()
    assert stream(lane.fold) is None, "nothing was heard of sales"
    lane.fold.take(event("feedback.owner_changed", MONDAY_TEN + HOUR_MS, {"owner": "eva"}, 0))
    assert stream(lane.fold) == MONDAY_TEN


def test_the_wall_clock_tells_milliseconds() -> None:
    assert wall(handed_over().fold) > MONDAY_TEN - 365 * 24 * HOUR_MS


async def test_time_is_kept_until_it_is_told_to_stop() -> None:
    lane, heard = handed_over(), []
    keeping = asyncio.create_task(keep_time(lambda: {0: lane}, lambda _: due_at(lane) + HOUR_MS, heard.append))
    async with asyncio.timeout(10):
        while not heard:  # noqa: ASYNC110  the clock looks by itself
            await asyncio.sleep(0.05)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    assert heard == [1]
