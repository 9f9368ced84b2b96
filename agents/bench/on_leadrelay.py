"""The real worker, with one more task, which takes the time."""

import asyncio
from collections import Counter
from typing import Any

from agents.app import build_app, engine_settings, tend
from agents.bench.places import BESIDE, app_id
from agents.bench.stopwatch import Job, Stopwatch
from agents.bench.toy import ToyLane
from agents.engine.app import LaneApp, batches, build_engine_app
from agents.engine.process import leave
from agents.engine.worker import LaneWorker
from agents.settings import Settings, load
from schemas.topics import ACTIVITY

SYSTEM = "leadrelay"
LOOK_S, LOOK_CLOSELY_S = 0.02, 0.002


class SilentWorker(LaneWorker):
    """Has no spinner, as the relay's own."""

    def on_setup_root_logger(self, logger: Any, level: int) -> None:  # noqa: ARG002
        """Leave the log alone."""
        self.spinner = None


def toy_app(settings: Settings) -> LaneApp:
    """The engine as it always is, with the toy in place of the relay."""
    app = build_engine_app(engine_settings(settings), ToyLane)
    app.conf.Worker = SilentWorker
    app.conf.worker_redirect_stdouts = False
    app.agent(batches(app), name="tend")(tend)
    return app


def build(job: Job) -> LaneApp:
    """Make the worker's app as it always is, for the bench's own group."""
    # No reminders: with no feedback in the log, the clock of the stream stands still.
    name = app_id(BESIDE if job.agreement else SYSTEM)
    settings = load(
        broker=job.address,
        app_id=name,
        partitions=job.lanes,
        clock="stream",
        metrics_port=0,
        agreement=job.agreement,
    )
    app = toy_app(settings) if job.toy else build_app(settings)

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
