"""The model broker's group coordinator: members, generations, static names, and offsets in transactions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiokafka.errors import IllegalGenerationError, KafkaError, RebalanceInProgressError, UnknownMemberIdError

from tests.simulation.log import Identity


class FencedInstanceIdError(KafkaError):
    """Another member has this static name: aiokafka does not know it."""

    errno = 82


class Joined(NamedTuple):
    """The answer to a join: the leader is told who the members are."""

    generation: int
    member_id: str
    members: tuple[str, ...]


@dataclass(eq=False)
class Member:
    """A member, when it is dropped unless it is heard of, and what waits for an answer to it."""

    member_id: str
    instance: str | None
    deadline: float = 0.0
    joining: Any = None
    syncing: Any = None
    lanes: list[int] = field(default_factory=list)


class Claim(NamedTuple):
    """Who somebody says it is."""

    generation: int
    member_id: str
    instance: str | None


class Group:
    """One group of the classic protocol.

    Attributes:
        state: empty, joining (members are awaited), syncing (the leader's assignment is) or stable.
        offsets: The committed offset of each place.

    Args:
        now: Tells the time.
        later: Calls something after some seconds.
        new_answer: Makes what a waiting member waits for.
    """

    def __init__(
        self,
        now: Callable[[], float],
        later: Callable[[float, Callable[[], None]], Any],
        new_answer: Callable[[], Any],
        session_s: float,
        rebalance_s: float,
    ) -> None:
        self._now, self._later, self._new_answer = now, later, new_answer
        self.session_s, self.rebalance_s = session_s, rebalance_s
        self.generation, self.state, self._count, self._round = 0, "empty", 0, 0
        self.members: dict[str, Member] = {}
        self.offsets: dict[Any, int] = {}
        self._pending: dict[int, dict[Any, int]] = {}
        self._leader = ""

    def join(self, member_id: str, instance: str | None) -> Any:
        """Join, or join again. Returns what will be a `Joined`.

        A stable group does not rebalance for a static member that is back, nor for a follower that repeats itself.
        """
        member, back = self._admit(member_id, instance)
        member.deadline = self._now() + self.session_s
        _fail(member.joining, UnknownMemberIdError())
        answer = self._new_answer()
        if self.state == "stable" and (back or (member_id and member_id != self._leader)):
            member.joining = None
            answer.set_result(Joined(self.generation, member.member_id, ()))
            return answer
        member.joining = answer
        self._begin_round()
        self._end_round_if_complete()
        return answer

    def _admit(self, member_id: str, instance: str | None) -> tuple[Member, bool]:
        """Find or make the member; whether it is a static one that took its own place back."""
        named = next((known for known in self.members.values() if instance and known.instance == instance), None)
        if member_id:
            if named is not None and named.member_id != member_id:
                raise FencedInstanceIdError
            if member_id not in self.members:
                raise UnknownMemberIdError
            return self.members[member_id], False
        self._count += 1
        made = Member(f"m-{self._count}", instance)
        if named is not None:
            self._replace(named, made)
        self.members[made.member_id] = made
        return made, named is not None

    def _replace(self, before: Member, made: Member) -> None:
        """Give a static member that has come back its own place; the member id before is fenced."""
        del self.members[before.member_id]
        made.lanes = before.lanes
        _fail(before.joining, FencedInstanceIdError())
        _fail(before.syncing, FencedInstanceIdError())
        if self._leader == before.member_id:
            self._leader = made.member_id

    def sync(self, claim: Claim, assignment: Mapping[str, list[int]] | None) -> Any:
        """Hand in the assignment, as the leader, or ask for one's own. Returns what will be a list of lanes."""
        member = self._validated(claim)
        if self.state == "joining":
            raise RebalanceInProgressError
        member.deadline = self._now() + self.session_s
        member.syncing = answer = self._new_answer()
        if self.state == "stable":
            answer.set_result(list(member.lanes))
        elif assignment is not None and member.member_id == self._leader:
            self.state = "stable"
            for known in self.members.values():
                known.lanes = list(assignment.get(known.member_id, ()))
                if known.syncing is not None and not known.syncing.done():
                    known.syncing.set_result(list(known.lanes))
        return answer

    def heartbeat(self, generation: int, member_id: str) -> None:
        """Be heard. The client names no instance."""
        member = self._validated(Claim(generation, member_id, None))
        member.deadline = self._now() + self.session_s
        if self.state == "joining":
            raise RebalanceInProgressError

    def leave(self, member_id: str) -> None:
        """Go."""
        if member_id not in self.members:
            raise UnknownMemberIdError
        self._remove(member_id)

    def expire(self) -> list[str]:
        """Drop members that were not heard of in time. Returns them."""
        now = self._now()
        # a member that waits for the answer to its join is alive: its connection is
        late = [m for m in self.members.values() if m.deadline < now and (m.joining is None or m.joining.done())]
        for member in late:
            self._remove(member.member_id)
        return [member.member_id for member in late]

    def heard_of_all(self) -> None:
        """Begin every session anew, as a coordinator does that has just loaded the group."""
        for member in self.members.values():
            member.deadline = self._now() + self.session_s

    def accept(self, producer: Identity, claim: Claim, offsets: Mapping[Any, int]) -> None:
        """Keep offsets until the transaction ends; refused unless the claim holds. (-1, "") is not checked."""
        if claim.generation >= 0 or claim.member_id or claim.instance is not None:
            self._validated(claim)
        self._pending.setdefault(producer.pid, {}).update(offsets)

    def pending(self, pid: int) -> dict[Any, int]:
        return self._pending.get(pid, {})

    def mark(self, producer: Identity, *, commit: bool) -> None:
        """Take the marker that ends a transaction."""
        offsets = self._pending.pop(producer.pid, {})
        if commit:
            self.offsets.update(offsets)

    def owner(self, lane: int) -> str | None:
        return next((member.member_id for member in self.members.values() if lane in member.lanes), None)

    def _validated(self, claim: Claim) -> Member:
        if claim.instance is not None:
            named = [known for known in self.members.values() if known.instance == claim.instance]
            if named and named[0].member_id != claim.member_id:
                raise FencedInstanceIdError
        member = self.members.get(claim.member_id)
        if member is None or (claim.instance is not None and member.instance != claim.instance):
            raise UnknownMemberIdError
        if claim.generation != self.generation:
            raise IllegalGenerationError
        return member

    def _remove(self, member_id: str) -> None:
        member = self.members.pop(member_id)
        _fail(member.joining, UnknownMemberIdError())
        _fail(member.syncing, UnknownMemberIdError())
        if self.state in ("stable", "syncing"):
            self._begin_round()
        self._end_round_if_complete()

    def _begin_round(self) -> None:
        if self.state == "joining":
            return
        self.state, self._round = "joining", self._round + 1
        this = self._round
        for member in self.members.values():
            _fail(member.syncing, RebalanceInProgressError())
        self._later(self.rebalance_s, lambda: self._time_is_up(this))

    def _time_is_up(self, this: int) -> None:
        """End the round without those that have not come; static members are given their session's time."""
        if self.state != "joining" or self._round != this:
            return
        self.members = {m.member_id: m for m in self.members.values() if m.joining is not None or m.instance}
        if self.members and all(member.joining is None for member in self.members.values()):
            self._later(self.rebalance_s, lambda: self._time_is_up(this))
        else:
            self._end_round()

    def _end_round_if_complete(self) -> None:
        if self.state == "joining" and all(member.joining is not None for member in self.members.values()):
            self._end_round()

    def _end_round(self) -> None:
        self.generation += 1
        if not self.members:
            self.state = "empty"
            return
        self.state = "syncing"
        leader = self.members.get(self._leader)
        if leader is None or leader.joining is None:
            self._leader = next(member.member_id for member in self.members.values() if member.joining is not None)
        names = tuple(self.members)
        for member in self.members.values():
            answer, member.joining, member.lanes = member.joining, None, []
            member.deadline = self._now() + self.session_s
            if answer is not None and not answer.done():
                told = names if member.member_id == self._leader else ()
                answer.set_result(Joined(self.generation, member.member_id, told))


def _fail(waiting: Any, error: Exception) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_exception(error)
