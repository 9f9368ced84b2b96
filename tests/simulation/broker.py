"""The model broker: what a client can ask of it, and what it does by itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from agents.engine.session import SESSION_ID_NOT_FOUND
from agents.engine.wire import Fetched
from tests.simulation.group import Claim, Group
from tests.simulation.log import Entry, Identity, Log, Record
from tests.simulation.loop import Process, VirtualLoop
from tests.simulation.producing import entries_of
from tests.simulation.transactions import Transaction, Transactions

SWEEP_S = 0.25
OFFSETS = "offsets of "
INVALID_SESSION_EPOCH = 71
RECORD_BYTES = 90
"""About what a record takes; a fetch is bounded by bytes."""


class Judge(Protocol):
    """Looks at what the broker lets through."""

    def accepted(self, broker: "ModelBroker", producer: Identity, claim: Claim, lanes: Iterable[int]) -> None:
        """Hear that a group has accepted offsets."""

    def decided(self, broker: "ModelBroker", transaction: Transaction) -> None:
        """Hear that a transaction is committed from now on."""


@dataclass(frozen=True)
class Bounds:
    """How long things take in a broker, in seconds.

    Attributes:
        session: How long the group waits for a sign of a member.
        rebalance: How long a rebalance waits for the members.
        marker: Gives the time that the next marker takes.
        implicit: Whether it has transaction version 2.
    """

    session: float
    rebalance: float
    marker: Callable[[], float]
    implicit: bool = True


class Ask(NamedTuple):
    """A fetch request."""

    session: tuple[int, int]
    offsets: Mapping[TopicPartition, int]
    forgotten: Sequence[TopicPartition]
    committed: bool
    wait_s: float
    records_max: int


class Answer(NamedTuple):
    """A fetch response."""

    error: int
    session: int
    partitions: list[Fetched]


class Session:
    """What the broker remembers of one that fetches; told: the last stable offset and the end of each place."""

    def __init__(self, number: int) -> None:
        self.number, self.epoch = number, 0
        self.offsets: dict[TopicPartition, int] = {}
        self.told: dict[TopicPartition, tuple[int, int]] = {}


class ModelBroker:
    """Logs, transactional ids and one group. Its clock and its background work are those of a process of its own.

    Args:
        loop: Gives the time.
        topics: Number of partitions, by name.
        bounds: How long things take.
        judge: Looks on.
    """

    def __init__(self, loop: VirtualLoop, topics: Mapping[str, int], bounds: Bounds, judge: Judge) -> None:
        self.loop, self.topics, self.process = loop, dict(topics), Process("broker")
        self._marker_s, self._judge = bounds.marker, judge
        self.logs = {
            TopicPartition(topic, partition): Log(topic, partition)
            for topic, count in topics.items()
            for partition in range(count)
        }
        self._implicit = bounds.implicit
        self.transactions = Transactions(
            loop.time, self._write_marker, lambda done: judge.decided(self, done), bumps=bounds.implicit
        )
        self.group = Group(loop.time, self.later, loop.create_future, bounds.session, bounds.rebalance)
        self._sessions: dict[int, Session] = {}
        self._count = 0
        self.heard: Callable[[str], None] = lambda _what: None
        self.later(SWEEP_S, self._sweep)

    def later(self, seconds: float, call: Callable[..., None], *arguments: Any) -> Any:
        """Do something later, unless the broker stands still then."""
        return self.loop.call_later(seconds, call, *arguments, context=self.process.context)

    def _write_marker(self, write: Callable[[], None]) -> None:
        self.later(self._marker_s(), write)

    def _sweep(self) -> None:
        for name in self.transactions.expire():
            self.heard(f"ends the transaction of {name}: its time is up")
        for member in self.group.expire():
            self.heard(f"drops {member}: not heard of")
        self.later(SWEEP_S, self._sweep)

    def write(self, place: TopicPartition, entries: Iterable[Entry]) -> list[Record]:
        """Append without a producer, as a simple client does."""
        return self.logs[place].append(entries, self._timestamp())

    def _timestamp(self) -> int:
        return int(self.loop.time() * 1000)

    # What clients ask

    def features(self) -> bool:
        """Tell whether there is transaction version 2."""
        return self._implicit

    def init_producer(self, name: str, timeout_s: float) -> Identity:
        return self.transactions.init(name, timeout_s)

    def add_partitions(self, name: str, producer: Identity, places: Sequence[TopicPartition]) -> None:
        self.transactions.add(name, producer, [(place, self.logs[place]) for place in places])

    def add_offsets(self, name: str, producer: Identity, group: str) -> None:
        self.transactions.add(name, producer, [(OFFSETS + group, self.group)])

    def produce(self, name: str, batches: Mapping[TopicPartition, bytes]) -> dict[TopicPartition, Exception]:
        """Append to partitions. Returns the error of each that failed."""
        errors = {}
        for place, batch in batches.items():
            producer, entries = entries_of(batch)
            try:
                if self._implicit:
                    self.transactions.add(name, producer, [(place, self.logs[place])])
                transaction = self.transactions.holds(name, producer, place)
                transaction.written += self.logs[place].append(entries, self._timestamp(), producer)
            except Exception as error:  # noqa: BLE001  it is the answer
                errors[place] = error
        return errors

    def commit_offsets(
        self, name: str, producer: Identity, group: str, claim: Claim, offsets: Mapping[TopicPartition, int]
    ) -> None:
        """Take offsets into the transaction."""
        if self._implicit:
            self.add_offsets(name, producer, group)
        self.transactions.holds(name, producer, OFFSETS + group)
        self.group.accept(producer, claim, offsets)
        self._judge.accepted(self, producer, claim, sorted({place.partition for place in offsets}))

    def end_transaction(self, name: str, producer: Identity, commit: bool) -> Identity:  # noqa: FBT001  it is a request
        return self.transactions.end(name, producer, commit=commit)

    def offsets(self, places: Sequence[TopicPartition], what: str) -> dict[TopicPartition, int]:
        """Tell the "start", the "end" or the "stable" end of partitions."""
        return {place: getattr(self.logs[place], what) for place in places}

    def fetch(self, ask: Ask) -> Any:
        """Read partitions, and wait for records if there are none. Returns, or will return, an `Answer`."""
        session = self._session(ask)
        if isinstance(session, int):
            return Answer(session, 0, [])
        found = self._read(session, ask)
        if found.partitions:
            return found
        answer = self.loop.create_future()

        def reply() -> None:
            if not answer.done():
                timer.cancel()
                answer.set_result(self._read(session, ask))

        timer = self.later(ask.wait_s, reply)
        for place in session.offsets:
            self.logs[place].watch(session, lambda: self.loop.call_soon(reply, context=self.process.context))
        return answer

    def _session(self, ask: Ask) -> "Session | int":
        """Find or begin the session; or give the error."""
        number, epoch = ask.session
        if epoch == 0:
            self._sessions.pop(number, None)
            self._count += 1
            session = self._sessions[self._count] = Session(self._count)
        else:
            found = self._sessions.get(number)
            if found is None or found.epoch != epoch:
                return SESSION_ID_NOT_FOUND if found is None else INVALID_SESSION_EPOCH
            session = found
        session.epoch += 1
        session.offsets.update(ask.offsets)
        for place in ask.forgotten:
            session.offsets.pop(place, None)
        return session

    def _read(self, session: "Session", ask: Ask) -> "Answer":
        """Read what the session asks for, and leave out where nothing is new."""
        found, left = [], ask.records_max
        for place, offset in session.offsets.items():
            log = self.logs[place]
            try:
                fetched = log.fetch(offset, left, committed=ask.committed)
            except OffsetOutOfRangeError:
                fetched = Fetched(place, OffsetOutOfRangeError.errno, -1, (), b"")
            left = max(1, left - len(fetched.records) // RECORD_BYTES)
            if fetched.records or fetched.error or session.told.get(place) != (log.stable, log.end):
                session.told[place] = log.stable, log.end
                found.append(fetched)
        return Answer(0, session.number, found)

    def forget_sessions(self) -> None:
        """Know no session any more, as a broker does that was started again."""
        self._sessions = {}

    def partitions(self) -> dict[str, int]:
        return dict(self.topics)

    def join(self, member_id: str, instance: str | None) -> Any:
        return self.group.join(member_id, instance)

    def sync(self, claim: Claim, assignment: Mapping[str, list[int]] | None) -> Any:
        return self.group.sync(claim, assignment)

    def heartbeat(self, generation: int, member_id: str) -> None:
        self.group.heartbeat(generation, member_id)

    def leave(self, member_id: str) -> None:
        self.group.leave(member_id)
