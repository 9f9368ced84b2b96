"""Faults planted in transactions, and in what a worker does when one of them fails."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from agents.engine.lane import Lane, Taken
from agents.engine.lanes import Lanes
from agents.engine.membership import Membership
from agents.engine.patience import Patience
from agents.engine.producer import TransactionalProducer
from agents.engine.transaction import Transactions, offsets_of
from agents.engine.writer import Writer
from tests.simulation.loop import CURRENT
from tests.simulation.membership import GroupMember
from tests.simulation.planting import Patch, instead


def offsets_before_acknowledgements() -> list[Patch]:
    """The group confirms the lanes while records are still on their way."""

    async def write(self: Transactions, taken: Sequence[Taken], membership: Membership) -> None:
        await self.producer.begin_transaction()
        waiting = await self._produce(taken)
        await self.producer.send_offsets_to_transaction(offsets_of(taken), membership)
        await asyncio.gather(*waiting)
        await self.producer.commit_transaction()

    return [instead(Transactions, "write", write)]


def rows_kept_after_an_abort() -> list[Patch]:
    """A worker whose transaction is lost goes on with what it has in memory, which is ahead of the log."""

    async def begin_again(self: Writer, transactions: Transactions, _error: Exception) -> None:
        await self._kafka.discard(transactions.producer)
        self.name = self._new_name()
        producer = await self._kafka.start_producer(self.name)
        self._transactions = Transactions(producer, transactions.changelog, self.name, self.hook)

    return [instead(Writer, "_forget", lambda *_: None), instead(Writer, "_begin_again", begin_again)]


def newest_membership() -> list[Patch]:
    """A transaction carries the generation that the worker is in now, not that of its lanes."""
    members: dict[Any, GroupMember] = {}

    def init(before: Any) -> Any:
        def __init__(self: GroupMember, *arguments: Any) -> None:  # noqa: N807
            before(self, *arguments)
            members[CURRENT.get()] = self

        return __init__

    def write(before: Any) -> Any:
        async def send(self: TransactionalProducer, offsets: Any, membership: Membership) -> None:
            member = members[CURRENT.get()]
            if member.generation >= 0:
                membership = Membership("app", member.generation, member.member_id, member.instance)
            await before(self, offsets, membership)

        return send

    return [Patch(GroupMember, "__init__", init), Patch(TransactionalProducer, "send_offsets_to_transaction", write)]


def offsets_without_a_membership() -> list[Patch]:
    """The offsets say (-1, ""), which the broker does not check."""

    def send(before: Any) -> Any:
        async def anonymous(self: TransactionalProducer, offsets: Any, membership: Membership) -> None:
            nobody = Membership("app", membership.generation, membership.member_id, None)
            nobody.generation, nobody.member_id = -1, ""
            await before(self, offsets, nobody)

        return anonymous

    return [Patch(TransactionalProducer, "send_offsets_to_transaction", send)]


def commit_after_a_refusal() -> list[Patch]:
    """What the group has refused is committed all the same."""

    async def abort(self: Transactions) -> None:
        await self.producer.commit_transaction()

    return [instead(Transactions, "abort", abort)]


def abort_that_says_nothing() -> list[Patch]:
    """An abort does not reach the broker, so the next commit publishes what was aborted."""

    async def abort_transaction(self: TransactionalProducer) -> None:
        self._known = False

    return [instead(TransactionalProducer, "abort_transaction", abort_transaction)]


def positions_that_move_on() -> list[Patch]:
    """A transaction writes the positions as they are then, not as they were when it took the rows."""

    def take(self: Lane) -> Taken:
        taken = Taken(self, self.positions, self.fold.harvest(), self.uncommitted)
        self.dirty_since, self.uncommitted = None, 0
        return taken

    return [instead(Lane, "take", take)]


def lanes_kept_over_a_rebalance() -> list[Patch]:
    """Lanes stay open when the group takes them away, and are committed with the next generation."""
    return [instead(Lanes, "forget", lambda _self: [])]


def nobody_asks_for_a_rebalance() -> list[Patch]:
    """A worker that has lost its transaction waits for a rebalance that nobody else has a reason for."""
    return [instead(Patience, "begin", lambda *_, **__: None)]


WRITING: tuple[Callable[[], list[Patch]], ...] = (
    offsets_before_acknowledgements,
    rows_kept_after_an_abort,
    newest_membership,
    offsets_without_a_membership,
    commit_after_a_refusal,
    abort_that_says_nothing,
    positions_that_move_on,
    lanes_kept_over_a_rebalance,
    nobody_asks_for_a_rebalance,
)
