"""Sees to it that a worker which the group has refused comes back, or ends: it must not wait for ever without lanes."""

import asyncio
from typing import TYPE_CHECKING

from agents.engine.shared import Shared
from agents.engine.watch import BrokerWatch
from agents.errors import LeadrelayError

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_S = 0.5
ROUNDS = 2
FLOOR_MS = 10_000


class Patience:
    """After a refusal a rebalance is due. If none comes we ask for one, and then give up."""

    def __init__(self, shared: Shared, watch: BrokerWatch) -> None:
        self._watch, self._fail = watch, shared.fail
        self._bound_s = max(2 * shared.settings.session_timeout_ms, FLOOR_MS) / 1000
        self._task: asyncio.Task[None] | None = None
        self.rejoin: Callable[[], None] = lambda: None

    def begin(self, reason: str, *, ask: bool = False) -> None:
        """Expect a rebalance from now on; ask: nobody else has a reason to start one."""
        if ask:
            self.rejoin()
        if self._task is None:
            self._task = asyncio.create_task(self._wait(reason))

    def end(self) -> None:
        """Hear that the rebalance has come."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _wait(self, reason: str) -> None:
        for _ in range(ROUNDS):
            await self._pause()
            self.rejoin()
        await self._pause()
        self._fail(
            LeadrelayError(
                "The consumer group does not take us back",
                f"{reason}, and no rebalance within {self._bound_s * (ROUNDS + 1):.0f} s",
                "Start the worker again; if it comes back, look at the group's coordinator in the broker's log",
            )
        )

    async def _pause(self) -> None:
        """Let time go by; time without a broker does not count."""
        passed = 0.0
        while passed < self._bound_s:
            await asyncio.sleep(TICK_S)
            passed += TICK_S if self._watch.away_since is None else 0
