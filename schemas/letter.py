"""What we write to our own lanes, so that time and versions are part of the log: the contracts of `leads.letter.v1`."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Count, Id, Name, Points
from schemas.identity import Folded, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A deadline of this lead has come; the event's time is the deadline itself."""

    deadline: Literal["response", "score"]
    """What ends: the time to respond, or a score that time alone changes."""
    handoff: Count
    """Which handoff of this lead the deadline belongs to, counted from 1; 0 before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPublished:
    """A version of the agreement, written to every lane in one transaction, so that what it changes is in the log."""

    number: Count
    """The version's number."""
    document: Annotated[str, Field(min_length=1, max_length=60_000, pattern=r"^[A-Za-z0-9+/=]+$")]
    """The TOML file, compressed with zlib and written in base 64."""
    by: Id
    """Who published it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTransferred:
    """The history of an id that turned out to be this lead, written together with the end of the other row."""

    former: Id
    """The other id."""
    why: Reason
    history: Folded
    """All that was remembered under it."""
    agreement: Count = 0
    """Number of the version that decided last under it: the lead of both is judged by none before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged:
    """A lead tells its buying group who it is and what it counts for there; the subject is the group's id."""

    member: Id
    """The lead's id."""
    account: Name
    line: Name
    """The named score that the group is about; empty when the agreement has one group an account."""
    role: Name
    """Empty when it has none of the agreement's roles."""
    points: Points
    """Its interest, cut by the ceiling of members and weighted by its role."""
    left: bool
    """Whether it has left the group."""
