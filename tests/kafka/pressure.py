"""A backlog before a slow fold: memory stays flat, no session is lost, and the rate at which it catches up is told."""

import asyncio
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.kafka.harness import WorkerProcess, end_all, toy_worker
from tests.kafka.storm_plan import tell
from tests.kafka.toy_check import RIGHT, new_toy

LEADS = 2000
WARM = 0.2
"""After this share of the backlog every lead has a row and every buffer has been full."""
LOOK_S = 0.5


@dataclass
class Pressure:
    """What was seen."""

    events: int = 0
    events_per_s: int = 0
    warm_mb: float = 0.0
    largest_mb: float = 0.0
    sessions: int = 0
    refused: int = 0
    exact: bool = False

    @property
    def flat(self) -> bool:
        """Whether memory grew by no more than a tenth."""
        return self.largest_mb <= 1.1 * self.warm_mb

    @property
    def equal(self) -> bool:
        """Whether all is as it should be."""
        return self.flat and self.exact and self.sessions == 1 and not self.refused

    def shape(self) -> dict[str, Any]:
        """The command's JSON."""
        return asdict(self)


async def pressure(address: str, logs: Path, events: int, slow_us: int) -> Pressure:
    """Write so many events, then start a worker whose fold takes so long for each, and watch it."""
    toy, seen = await new_toy(address, events, LEADS), Pressure(events)
    tell(f"{events} events wait")
    worker = toy_worker(logs / "slow", toy.settings(), slow_s=slow_us / 1_000_000)
    try:
        await worker.until(lambda: worker.events("committed"))
        began = time.monotonic()
        while (done := records(worker)) < toy.events:
            assert worker.running, worker.text()[-3000:]
            now_mb = resident_mb(worker.pid)
            if done < WARM * events:
                seen.warm_mb = max(seen.warm_mb, now_mb)
            seen.largest_mb = max(seen.largest_mb, now_mb)
            await asyncio.sleep(LOOK_S)
        seen.events_per_s = round(toy.events / (time.monotonic() - began))
        code, _ = worker.terminate()
        assert code == 0
    finally:
        end_all([worker])
    seen.sessions, seen.refused = len(worker.events("assigned")), len(worker.events("refused"))
    seen.exact = await toy.compare() == RIGHT
    return seen


def records(worker: WorkerProcess) -> int:
    """How many events are committed."""
    return sum(event["records"] for event in worker.events("committed"))


def resident_mb(pid: int) -> float:
    """The memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
