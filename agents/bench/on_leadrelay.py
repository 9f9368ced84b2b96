"""The real worker, with one more task, which takes the time."""

import asyncio
from collections import Counter
from typing import Any

from agents.app import build_app
from agents.bench.places import app_id
from agents.bench.stopwatch import Job, Stopwatch
from agents.engine.app import LaneApp
from agents.engine.process import leave
from agents.settings import load
from schemas.topics import ACTIVITY

SYSTEM = "leadrelay"
LOOK_S, LOOK_CLOSELY_S = 0.02, 0.002


def build(job: Job) -> LaneApp:
    """Make the worker's app as it always is, for the bench's own group."""
    # No reminders: with no feedback in the log, the clock of the stream stands still.
    settings = load(broker=job.address, app_id=app_id(SYSTEM), partitions=job.lanes, clock="stream", metrics_port=0)
    app = build_app(settings)

    async def keep_time() -> None:
        lanes = app.engine.lanes
        while len(lanes.open) < job.lanes:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(LOOK_S)
        await _keep_time(lanes, Stopwatch(job))
        leave(0)

    app.task(keep_time)
    return app


async def _keep_time(lanes: Any, stopwatch: Stopwatch) -> None:
    """Return when the last event is in the log with all that follows from it."""
    while (folded := sum(lane.positions[ACTIVITY.name] for lane in lanes.open.values())) < stopwatch.job.events:
        stopwatch.reached(folded)
        await asyncio.sleep(LOOK_S)
    while (counts := _committed(lanes))["messages"] < stopwatch.job.events:  # noqa: ASYNC110  as above
        await asyncio.sleep(LOOK_CLOSELY_S)
    stopwatch.finish(counts["messages"], counts["handoffs"])


def _committed(lanes: Any) -> Counter[str]:
    """The counts of all lanes as of their last transaction, by family."""
    counts: Counter[str] = Counter()
    for lane in lanes.open.values():
        for (family, *_), number in lane.fold.shown.items():
            counts[family] += number
    return counts


if __name__ == "__main__":
    worker = build(Job.given())
    worker.finalize()
    worker.conf.Worker(worker, loglevel="WARN", quiet=True, redirect_stdouts=False).execute_from_commandline()
