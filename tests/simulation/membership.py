"""A member of the consumer group, as aiokafka's coordinator is one inside Faust: join, sync, heartbeats, rejoin."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiokafka.errors import (
    IllegalGenerationError,
    KafkaError,
    NodeNotReadyError,
    RebalanceInProgressError,
    RequestTimedOutError,
    UnknownMemberIdError,
)

from tests.simulation.group import Claim, FencedInstanceIdError
from tests.simulation.network import Line, Network

BACKOFF_S = 0.1
STRIKE_S = 1.0
STRIKES = 3
NOBODY = (-1, "")

Assign = Callable[[Sequence[str]], dict[str, list[int]]]
"""Gives the lanes of each of these members."""


@dataclass(frozen=True)
class Calls:
    """What a member calls.

    Attributes:
        assign: When it is the leader.
        revoked: Before it joins again.
        assigned: When it has lanes.
        failed: When the group will not have it.
    """

    assign: Assign
    revoked: Callable[[], Awaitable[None]]
    assigned: Callable[[list[int]], Awaitable[None]]
    failed: Callable[[BaseException], None]


class GroupMember:
    """Calls back before it joins again and after it has lanes; between the two it sends no heartbeats.

    Attributes:
        generation: Of the group; -1 when it has left or was dropped.
        member_id: Within the generation; empty likewise.
    """

    def __init__(self, network: Network, instance: str | None, heartbeat_s: float, calls: Calls) -> None:
        self.instance = instance
        self.generation, self.member_id = NOBODY
        self._network, self._line, self._heartbeat_s = network, Line(patient=True), heartbeat_s
        self._calls = calls
        self._rejoin: asyncio.Future[None] | None = None
        self._asked = False

    async def run(self) -> None:
        """Be a member for ever."""
        while True:
            await self._calls.revoked()
            self._asked = False
            await self._calls.assigned(await self._join())
            await self._stay()

    def ask_for_rebalance(self) -> None:
        """Join again soon."""
        self._asked = True
        if self._rejoin is not None and not self._rejoin.done():
            self._rejoin.set_result(None)

    async def leave(self) -> None:
        """Go, unless it is a static member."""
        if self.instance is None and self.member_id:
            await self._network.call(self._line, "leave", self.member_id)

    async def _join(self) -> list[int]:
        strikes = 0
        while True:
            try:
                return await self._once()
            except (UnknownMemberIdError, IllegalGenerationError):
                self.generation, self.member_id = NOBODY
            except RebalanceInProgressError:
                continue
            except (NodeNotReadyError, RequestTimedOutError):
                await asyncio.sleep(BACKOFF_S)
            except FencedInstanceIdError as error:
                strikes += 1
                if strikes == STRIKES:
                    self._calls.failed(error)
                await asyncio.sleep(STRIKE_S)

    async def _once(self) -> list[int]:
        joined = await self._network.call(self._line, "join", self.member_id, self.instance)
        self.generation, self.member_id = joined.generation, joined.member_id
        claim = Claim(self.generation, self.member_id, self.instance)
        assignment = self._calls.assign(joined.members) if joined.members else None
        lanes: list[int] = await self._network.call(self._line, "sync", claim, assignment)
        return lanes

    async def _stay(self) -> None:
        """Send heartbeats until the group, or somebody here, wants a rebalance."""
        loop = self._network.loop
        while not self._asked:
            self._rejoin = waiting = loop.create_future()
            timer = loop.call_later(self._heartbeat_s, self._beat, waiting)
            await waiting
            timer.cancel()
            try:
                await self._network.call(self._line, "heartbeat", self.generation, self.member_id)
            except (UnknownMemberIdError, IllegalGenerationError):
                self.generation, self.member_id = NOBODY
                return
            except RebalanceInProgressError:
                return
            except KafkaError:
                continue

    @staticmethod
    def _beat(waiting: asyncio.Future[None]) -> None:
        if not waiting.done():
            waiting.set_result(None)
