"""What a storm does to workers."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import combinations

from tests.kafka.armed import POINTS
from tests.kafka.crew import Crew, Member
from tests.kafka.harness import open_transactions
from tests.kafka.storm_plan import FREEZE_S, SESSION_S, SETTLE_S, Report

STILL_S = 0.5
AIMS = 200
HEARTBEATS_S = 1.5
ARMED_MAX = 4
KILLED = -signal.SIGKILL

Act = Callable[[], Awaitable[None]]


class Acts:
    """Each act leaves as many workers as it found, joins and leaves excepted."""

    def __init__(self, crew: Crew, report: Report) -> None:
        self.crew, self.report = crew, report
        self.plan, self.chance = crew.plan, crew.chance

    def pairs(self) -> list[Act]:
        """Every two of the four, at the same time."""

        def both(one: Act, other: Act) -> Act:
            async def act() -> None:
                await asyncio.gather(one(), other())

            return act

        return [both(*two) for two in combinations((self.kill, self.freeze, self.join, self.part), 2)]

    async def kill_inside(self) -> None:
        """kill -9 inside a transaction: frozen at random moments until one lies in it; given up after some trials."""
        victim, inside = await self.crew.working(), False
        for _ in range(AIMS):
            victim.send(signal.SIGSTOP)
            # Looked at before it dies: whoever takes its name afterwards ends its transaction.
            inside = await self.left_open()
            if inside:
                break
            victim.send(signal.SIGCONT)
            await asyncio.sleep(self.chance.uniform(0.02, 0.2))
        self._end(victim)
        self.report.kills_in_transaction += inside

    async def kill(self) -> None:
        """kill -9 of a worker that has lanes, at a random moment."""
        with self.crew.held(await self.crew.working()) as victim:
            await asyncio.sleep(self.chance.uniform(0, SETTLE_S))
            self._end(victim)

    def _end(self, victim: Member) -> None:
        """The kill itself; the supervisor starts it again."""
        if victim.running:
            victim.kill()
            self.report.kills += 1
        self.crew.replace(victim)

    async def left_open(self) -> bool:
        """Whether a transaction is open that does not move: a living worker ends its own within a moment."""
        address, plan = self.crew.address, self.plan
        changelog = f"{plan.app_id}-leads-changelog"
        first = await open_transactions(address, changelog, plan.lanes)
        if not first:
            return False
        await asyncio.sleep(STILL_S)
        second = await open_transactions(address, changelog, plan.lanes)
        return any(second.get(lane) == offset for lane, offset in first.items())

    async def freeze(self) -> None:
        """SIGSTOP for longer than the session timeout: the others take its lanes, and it wakes as a zombie."""
        with self.crew.held(await self.crew.working()) as victim:
            victim.send(signal.SIGSTOP)
            await asyncio.sleep(FREEZE_S)
            victim.send(signal.SIGCONT)
            self.report.freezes += 1

    async def join(self) -> None:
        """One more worker."""
        self.crew.start()
        self.report.joins += 1

    async def part(self) -> None:
        """A clean stop; another comes when there would be none left."""
        if len(self.crew.members) == 1:
            self.crew.start()
        leaving = await self.crew.working()
        self.crew.members.remove(leaving)
        code, seconds = await asyncio.to_thread(leaving.terminate)
        self.report.unclean_leaves += code != 0
        self.report.leaves += 1
        self.report.slowest_leave_s = max(self.report.slowest_leave_s, round(seconds, 2))

    async def trip_all(self, rounds: int) -> None:
        """Stop one worker and kill another at each failpoint, some at the same time."""
        jobs = [(point, act) for point in POINTS for act in ("stop", "die")] * rounds
        self.chance.shuffle(jobs)
        room = asyncio.Semaphore(ARMED_MAX)

        async def one(point: str, act: str) -> None:
            async with room:
                await self.trip(point, act)

        async with asyncio.TaskGroup() as group:
            for point, act in jobs:
                group.create_task(one(point, act))

    async def trip(self, point: str, act: str) -> None:
        """Start a worker that stops or kills itself at this point, and see that it did."""
        member = self.crew.start(failpoint=f"{point}:{act}:{self.chance.randint(*POINTS[point])}")
        helper = None
        if point == "revoking":  # a rebalance is needed: one more worker joins
            await self.crew.until(lambda: member.open_lanes)
            helper = self.crew.start()
        struck = await self.crew.until(lambda: member.events("failpoint"))
        await (self._outlive(member, struck[0]["at"]) if act == "stop" else self._bury(member))
        self.report.failpoints[f"{point} {act}"] += 1
        if helper is not None:
            await self.crew.until(lambda: helper.open_lanes)
            await self._retire(helper)

    async def _bury(self, member: Member) -> None:
        code = await member.exit_code(10)
        assert code == KILLED, f"exit code {code}:\n{member.text()[-2000:]}"
        self.crew.members.remove(member)

    async def _outlive(self, member: Member, since: float) -> None:
        """Wake it when the group has moved on; it ends, or comes back as a member."""
        await self.crew.until(lambda: self._moved_on(since))
        known = len(member.events("lanes assigned"))
        member.send(signal.SIGCONT)
        await self.crew.until(lambda: not member.running or len(member.events("lanes assigned")) > known)
        assert member.events("continued")
        if member.running:
            await self._retire(member)
        else:
            self.crew.members.remove(member)
            assert member.process.returncode == 3, member.text()[-2000:]

    def _moved_on(self, since: float) -> bool:
        """Whether somebody was given lanes after the session of one that froze then was over."""
        over = since + SESSION_S - HEARTBEATS_S
        return any(
            datetime.fromisoformat(event["timestamp"]).timestamp() > over
            for member in self.crew.members
            for event in member.events("lanes assigned")
        )

    async def _retire(self, member: Member) -> None:
        self.crew.members.remove(member)
        code, _ = await asyncio.to_thread(member.terminate)
        assert code == 0, member.text()[-2000:]
