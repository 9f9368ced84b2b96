"""Looks at every transaction at the moment when it cannot be taken back, and at what is there in the end."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import orjson
from aiokafka import TopicPartition

from agents.engine.transaction import POSITION
from tests.simulation.broker import ModelBroker
from tests.simulation.group import Claim
from tests.simulation.log import Identity, Record
from tests.simulation.toy import FACTS, HANDOFFS, INPUTS, LETTERS, OUTPUTS, REMINDER, Output, ToyFold
from tests.simulation.transactions import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable

STRANGER = "stranger"


class WrongError(Exception):
    """An invariant does not hold."""


class LaneTruth:
    """What one lane must be: the pure fold of the committed input, in the order in which its facts name it."""

    def __init__(self) -> None:
        self.fold = ToyFold()
        self.positions: dict[str, int] = dict.fromkeys(INPUTS, 0)
        self.outputs: dict[str, list[Output]] = {FACTS: [], HANDOFFS: [], LETTERS: []}


class Judge:
    """Keeps the truth of every lane, and compares each transaction with it.

    Attributes:
        lanes: The truth, by partition.
        commits: Transactions that were committed.
    """

    def __init__(self, changelog: str, lanes: int) -> None:
        self.lanes = [LaneTruth() for _ in range(lanes)]
        self.commits = self.records = 0
        self.wrong: Callable[[str], None] = _raise
        self._changelog = changelog

    def accepted(self, broker: ModelBroker, producer: Identity, claim: Claim, lanes: Iterable[int]) -> None:
        """One writer: whoever has offsets accepted for a lane is its owner."""
        del producer
        for lane in lanes:
            owner = broker.group.owner(lane)
            if owner != claim.member_id:
                self.wrong(f"offsets of lane {lane} were accepted from {claim}, and its owner is {owner}")

    def decided(self, broker: ModelBroker, transaction: Transaction) -> None:
        """A transaction is exactly what the pure fold makes of the records that follow the last one."""
        if transaction.name.startswith(STRANGER):
            return
        self.commits += 1
        lanes: dict[int, list[Record]] = {}
        for record in transaction.written:
            lanes.setdefault(record.partition, []).append(record)
        offsets = broker.group.pending(transaction.pid)
        for lane, records in lanes.items():
            given = {place.topic: at for place, at in offsets.items() if place.partition == lane}
            self._lane(broker, lane, records, given)

    def _lane(self, broker: ModelBroker, lane: int, records: list[Record], offsets: dict[str, int]) -> None:
        truth, said = self.lanes[lane], f"lane {lane}: "
        rows = [(record.key, record.value) for record in records if record.topic == self._changelog]
        if not rows or rows[0][0] != POSITION or sum(key == POSITION for key, _ in rows) != 1:
            return self.wrong(said + "the position row is not the first record of its transaction")
        positions: dict[str, int] = orjson.loads(rows[0][1] or b"")["positions"]
        if positions != offsets:
            self.wrong(f"{said}the positions are {positions}, and the offsets {offsets}")
        made = [Output(record.topic, record.key, record.value) for record in records if record.topic in OUTPUTS]
        causes = [(output.value or b"").decode().split("/") for output in made if output.topic == FACTS]
        folded = [(topic, int(offset)) for topic, offset in causes]
        for topic in INPUTS:
            span = range(truth.positions[topic], positions[topic])
            log = broker.logs[TopicPartition(topic, lane)]
            if log.stable < span.stop:
                self.wrong(f"{said}{topic} was folded up to {span.stop}, and is stable up to {log.stable}")
            due = [log.history[at].offset for at in span if log.history[at].committed]
            found = [offset for name, offset in folded if name == topic]
            if found != [at for at in due if at in found or at >= log.start]:
                self.wrong(f"{said}{topic} is {due[:9]} from {span.start} to {span.stop}, and folded were {found[:9]}")
            truth.positions[topic] = positions[topic]
        self._results(broker, lane, folded, made, rows[1:])
        return None

    def _results(
        self,
        broker: ModelBroker,
        lane: int,
        folded: list[tuple[str, int]],
        made: list[Output],
        rows: list[tuple[bytes | None, bytes | None]],
    ) -> None:
        truth = self.lanes[lane]
        self.records += len(folded)
        for topic, offset in folded:
            truth.fold.take(broker.logs[TopicPartition(topic, lane)].history[offset])
        right = truth.fold.harvest()
        for topic, so_far in truth.outputs.items():
            due = [output for output in right.outputs if output.topic == topic]
            so_far.extend(due)
            found = [output for output in made if output.topic == topic and output.value != REMINDER]
            if found != due:
                self.wrong(f"lane {lane}: {topic} must be {due[:5]}, and {found[:5]} were written")
        if dict(rows) != dict(right.rows) or len(rows) != len(right.rows):
            self.wrong(f"lane {lane}: the rows must be {right.rows[:5]}, and {rows[:5]} were written")

    def behind(self, broker: ModelBroker) -> list[str]:
        """Tell which committed input no lane has taken yet, and where a transaction is open."""
        logs = broker.logs.values()
        left = [f"{log.topic}/{log.partition} open at {log.stable}" for log in logs if log.stable < log.end]
        for lane, truth in enumerate(self.lanes):
            for topic, at in truth.positions.items():
                log = broker.logs[TopicPartition(topic, lane)]
                last = next((r.offset for r in reversed(log.history) if r.committed), -1)
                if max(at, log.start) <= last:
                    left.append(f"{topic}/{lane} at {at} of {last + 1}")
        return left

    def last(self, broker: ModelBroker) -> None:
        """What a committed reader finds is the truth, and no transaction is left open."""
        for lane, truth in enumerate(self.lanes):
            log = broker.logs[TopicPartition(self._changelog, lane)]
            if log.stable < log.end:
                self.wrong(f"lane {lane}: a transaction is left open in the changelog")
            found = {record.key: record.value for record in log.read()}
            positions = orjson.loads(found.pop(POSITION, None) or b'{"positions": {}}')["positions"]
            known = ToyFold()
            for key, value in found.items():
                known.restore(key or b"", value)
            if known.rows != truth.fold.rows:
                self.wrong(f"lane {lane}: a reader finds {known.rows}, and the truth is {truth.fold.rows}")
            if positions and positions != truth.positions:
                self.wrong(f"lane {lane}: a reader finds {positions}, and the truth is {truth.positions}")
            for topic, due in truth.outputs.items():
                history = broker.logs[TopicPartition(topic, lane)].history
                read = [(r.key, r.value) for r in history if r.committed and r.value != REMINDER]
                if read != [(output.key, output.value) for output in due]:
                    self.wrong(f"lane {lane}: {topic} is not what the pure fold makes")


def _raise(what: str) -> None:
    raise WrongError(what)
