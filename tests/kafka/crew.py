"""The workers of a storm, and what a supervisor does for them: it starts again what ended by itself."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.kafka.armed import VARIABLE
from tests.kafka.harness import WorkerProcess, end_all
from tests.kafka.storm_plan import Plan

COMMAND = (sys.executable, "-m", "agents", "worker")
ARMED = (sys.executable, "-m", "tests.kafka.armed")
T = TypeVar("T")
REVIVED = 3
"""The exit code after which a worker is to be started again."""


class Member(WorkerProcess):
    """One worker; `name` is its instance name in a stable storm, `busy` says that an act is about it."""

    name: str
    busy: bool = False
    armed: bool = False

    @property
    def open_lanes(self) -> bool:
        """Whether it has ever opened lanes; who was started a moment ago has nothing to lose yet."""
        return bool(self.events("lane open"))


class Crew:
    """Workers by name."""

    def __init__(self, plan: Plan, address: str, logs: Path) -> None:
        self.plan, self.address, self.logs = plan, address, logs
        self.chance = random.Random(plan.seed)  # noqa: S311  seeded acts
        self.members: list[Member] = []
        self.everybody: list[Member] = []
        self.started, self.names = 0, 0
        self.revived: Counter[str] = Counter()
        self.failures: list[str] = []

    def start(self, name: str | None = None, failpoint: str | None = None) -> Member:
        """One more worker: under this name, or a new one."""
        if name is None:
            name, self.names = f"w{self.names}", self.names + 1
        env = {"LEADRELAY_BROKER": self.address, "LEADRELAY_APP_ID": self.plan.app_id, "LEADRELAY_METRICS_PORT": "0"}
        env["LEADRELAY_COMMIT_MS"] = str(self.plan.commit_ms)
        env["LEADRELAY_PARTITIONS"] = str(self.plan.lanes)
        if self.plan.stable:
            env["LEADRELAY_INSTANCE"] = name
        if failpoint:
            env[VARIABLE] = failpoint
        member = Member(ARMED if failpoint else COMMAND, self.logs / f"worker-{self.started}.log", env)
        member.name, member.armed = name, failpoint is not None
        self.members.append(member)
        self.everybody.append(member)
        self.started += 1
        return member

    def revive(self) -> None:
        """Start again, under the same name, what ended by itself; whoever is armed may end."""
        for member in [each for each in self.members if not each.running and not each.armed]:
            self.members.remove(member)
            self.revived[member.name] += 1
            if member.process.returncode != REVIVED:
                self.failures.append(f"exit code {member.process.returncode}: {member.text()[-1500:]}")
            self.start(member.name)

    def replace(self, member: Member) -> None:
        """Start another in its place, under the same name."""
        if member in self.members:
            self.members.remove(member)
            self.start(member.name)

    @contextmanager
    def held(self, member: Member) -> Iterator[Member]:
        """Keep other acts off this worker."""
        member.busy = True
        try:
            yield member
        finally:
            member.busy = False

    async def working(self) -> Member:
        """A random worker that has lanes and that no act is about."""
        return await self.until(lambda: self.chance.choice(self._able() or [None]))

    def _able(self) -> list[Member]:
        self.revive()
        return [each for each in self.members if not (each.busy or each.armed) and each.open_lanes]

    async def until(self, found: Callable[[], T | None], bound_s: float = 180) -> T:
        """Wait for something that is found; meanwhile the supervisor does its work."""
        async with asyncio.timeout(bound_s):
            while True:
                self.revive()
                if thing := found():
                    return thing
                await asyncio.sleep(0.1)

    def longest_wait_s(self) -> float:
        """For how long the opening of a lane has waited for the transaction of a former owner."""
        return max((said["waited_s"] for each in self.everybody for said in each.events("lane open")), default=0.0)

    async def leave_all(self) -> None:
        """Stop what is left, cleanly."""
        while self.members:
            await asyncio.to_thread(self.members.pop().terminate)

    def end(self) -> None:
        """End what still runs, without ceremony."""
        end_all(self.members)
