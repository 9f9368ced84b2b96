"""Faults planted on purpose, each of which a seed must find: so we know that the simulation can find anything."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, NamedTuple

from agents.engine import opener
from agents.engine.lane import Lane, Taken
from agents.engine.lanes import Lanes
from agents.engine.membership import Membership
from agents.engine.opener import Opener
from agents.engine.patience import Patience
from agents.engine.reader import Reader
from agents.engine.source import Source
from agents.engine.transaction import Transactions, offsets_of
from agents.engine.writer import Writer
from tests.simulation.clients import ModelConsumer, ModelKafka
from tests.simulation.loop import CURRENT
from tests.simulation.membership import GroupMember
from tests.simulation.producer import ModelProducer


class Patch(NamedTuple):
    """What takes the place of an attribute; it is made of what was there."""

    owner: Any
    name: str
    make: Callable[[Any], Any]


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Run with a fault."""
    with ExitStack() as stack:
        for patch in PLANTS[name]():
            stack.enter_context(_patched(patch))
        yield


@contextmanager
def _patched(patch: Patch) -> Iterator[None]:
    before = patch.owner.__dict__[patch.name]
    setattr(patch.owner, patch.name, patch.make(before))
    try:
        yield
    finally:
        setattr(patch.owner, patch.name, before)


def instead(owner: Any, name: str, new: Any) -> Patch:
    return Patch(owner, name, lambda _before: new)


def no_wait_for_open_transactions() -> list[Patch]:
    """The mark is the last stable offset and not the high watermark: an older owner's transaction is not waited for."""

    async def end_offsets(self: ModelConsumer, places: Sequence[Any]) -> Any:
        return await self._ask("offsets", tuple(places), "stable")

    return [instead(ModelConsumer, "end_offsets", end_offsets)]


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
        async def send(self: ModelProducer, offsets: Any, membership: Membership) -> None:
            member = members[CURRENT.get()]
            if member.generation >= 0:
                membership = Membership("app", member.generation, member.member_id, member.instance)
            await before(self, offsets, membership)

        return send

    return [Patch(GroupMember, "__init__", init), Patch(ModelProducer, "send_offsets_to_transaction", write)]


def offsets_without_a_membership() -> list[Patch]:
    """The offsets say (-1, ""), which the broker does not check."""

    def send(before: Any) -> Any:
        async def anonymous(self: ModelProducer, offsets: Any, membership: Membership) -> None:
            nobody = Membership("app", membership.generation, membership.member_id, None)
            nobody.generation, nobody.member_id = -1, ""
            await before(self, offsets, nobody)

        return anonymous

    return [Patch(ModelProducer, "send_offsets_to_transaction", send)]


def commit_after_a_refusal() -> list[Patch]:
    """What the group has refused is committed all the same."""

    async def abort(self: Transactions) -> None:
        await self.producer.commit_transaction()

    return [instead(Transactions, "abort", abort)]


def abort_that_says_nothing() -> list[Patch]:
    """An abort does not reach the broker, so the next commit publishes what was aborted."""

    async def abort_transaction(self: ModelProducer) -> None:
        self._running = False

    return [instead(ModelProducer, "abort_transaction", abort_transaction)]


def positions_that_move_on() -> list[Patch]:
    """A transaction writes the positions as they are then, not as they were when it took the rows."""

    def take(self: Lane) -> Taken:
        taken = Taken(self, self.positions, self.fold.harvest(), self.uncommitted)
        self.dirty_since, self.uncommitted = None, 0
        return taken

    return [instead(Lane, "take", take)]


def position_before_its_records() -> list[Patch]:
    """The position is that of the whole batch while half of it is folded."""

    async def offer(self: Lane, topic: str, records: Sequence[Any], start: int, end: int) -> bool:
        want = self.positions.get(topic, 0)
        if self.closed or end <= want or start > want:
            return False
        self.positions[topic] = end
        for record in records:
            if record.offset >= want:
                self._fold([record])
                self.touch()
                await asyncio.sleep(0)
        return True

    return [instead(Lane, "offer", offer)]


def gaps_are_stepped_over() -> list[Patch]:
    """A batch is folded though what comes before it never arrived."""

    def offer(before: Any) -> Any:
        async def anywhere(self: Lane, topic: str, records: Sequence[Any], start: int, end: int) -> bool:
            if not self.closed:
                self.positions[topic] = max(start, self.positions[topic])
            folded: bool = await before(self, topic, records, start, end)
            return folded

        return anywhere

    return [Patch(Lane, "offer", offer)]


def own_transaction_not_awaited() -> list[Patch]:
    """Lanes are opened, and given up, while our own transaction still runs."""

    async def idle(_self: Writer) -> None:
        """Go on at once."""

    return [instead(Writer, "idle", idle)]


def lanes_kept_over_a_rebalance() -> list[Patch]:
    """Lanes stay open when the group takes them away, and are committed with the next generation."""
    return [instead(Lanes, "forget", lambda _self: [])]


def old_opening_goes_on() -> list[Patch]:
    """The opening of an older assignment is not dropped."""

    def cancel(self: Opener) -> None:
        self._task = None

    return [instead(Opener, "cancel", cancel)]


def restore_of_what_was_not_committed() -> list[Patch]:
    """A lane is restored from aborted rows too."""

    def restore(before: Any) -> Any:
        async def all_there_is(consumer: ModelConsumer, marks: Any, new_fold: Any) -> Any:
            consumer._committed = False
            try:
                return await before(consumer, marks, new_fold)
            finally:
                consumer._committed = True

        return all_there_is

    return [Patch(opener, "restore", restore)]


def restore_that_ends_early() -> list[Patch]:
    """The last record below the mark is left out."""

    def restore(before: Any) -> Any:
        async def most(consumer: ModelConsumer, marks: Mapping[Any, int], new_fold: Any) -> Any:
            return await before(consumer, {place: max(0, mark - 2) for place, mark in marks.items()}, new_fold)

        return most

    return [Patch(opener, "restore", restore)]


def input_that_was_not_committed() -> list[Patch]:
    """The reader folds records of transactions that may be aborted."""

    def consumer(before: Any) -> Any:
        def any_level(self: ModelKafka, level: str, **options: Any) -> AbstractContextManager[Any]:
            return before(self, level if "fetch_max_wait_ms" in options else "read_uncommitted", **options)

        return any_level

    return [Patch(ModelKafka, "consumer", consumer)]


def dropped_batches_stay_dropped() -> list[Patch]:
    """What an agent refused is not read again."""
    return [instead(Source, "missing", lambda *_: None)]


def nobody_asks_for_a_rebalance() -> list[Patch]:
    """A worker that has lost its transaction waits for a rebalance that nobody else has a reason for."""
    return [instead(Patience, "begin", lambda *_, **__: None)]


def retention_is_not_followed() -> list[Patch]:
    """The reader goes back to where the topic no longer has anything."""

    async def resettle(_self: Reader, _client: Any) -> None:
        """Change nothing."""

    return [instead(Reader, "_resettle", resettle)]


PLANTS: dict[str, Callable[[], list[Patch]]] = {
    plant.__name__: plant
    for plant in (
        no_wait_for_open_transactions,
        offsets_before_acknowledgements,
        rows_kept_after_an_abort,
        newest_membership,
        offsets_without_a_membership,
        commit_after_a_refusal,
        abort_that_says_nothing,
        positions_that_move_on,
        position_before_its_records,
        gaps_are_stepped_over,
        own_transaction_not_awaited,
        lanes_kept_over_a_rebalance,
        old_opening_goes_on,
        restore_of_what_was_not_committed,
        restore_that_ends_early,
        input_that_was_not_committed,
        dropped_batches_stay_dropped,
        nobody_asks_for_a_rebalance,
        retention_is_not_followed,
    )
}
