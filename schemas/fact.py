"""What was decided: the private journal `leads.fact.v1`, in the order of decision. Its lines are `schemas.line.Line`.

Every message leaves at least one fact: none can disappear, and the journal tells in which order a lane read its topics.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from schemas.bounds import (
    Amount,
    Channel,
    Conversion,
    Count,
    Currency,
    Instant,
    Name,
    Outcome,
    Points,
    Stage,
    Text,
)
from schemas.identity import Identified, Joined, Transferred
from schemas.membership import GroupTold, MemberNoted
from schemas.passed import AgreementAdopted, Forwarded, Held, Passed
from schemas.scored import (
    Acted,
    DayCounted,
    Excluded,
    HitsSettled,
    InterestRescored,
    InterestReset,
    LookPlanned,
    Profiled,
    Rated,
)
from schemas.written import written

__all__ = [
    "Acted",
    "AgreementAdopted",
    "DayCounted",
    "Excluded",
    "Forwarded",
    "GroupTold",
    "Held",
    "HitsSettled",
    "Identified",
    "InterestRescored",
    "InterestReset",
    "Joined",
    "LookPlanned",
    "MemberNoted",
    "Passed",
    "Profiled",
    "Rated",
    "Transferred",
]


@written
class Arrived:
    """The first message of this lead; it is a visitor now."""

    source: Name


@written
class Converted:
    """The lead asked for a conversation."""

    kind: Conversion


@written
class ReachChanged:
    """Whether the lead may be nurtured (consent, bounces, unsubscription), and why."""

    reachable: bool
    why: Text


@written
class StageMoved:
    """From one stage to another; `passed` are the rungs of the funnel reached for the first time, in order."""

    from_stage: Stage
    to_stage: Stage
    passed: Annotated[tuple[Stage, ...], Field(max_length=8)]
    by: Name
    why: Text


@written
class HandedOver:
    """Marketing handed the lead to sales, who respond by `due_at` (ms since the epoch)."""

    number: Count
    trigger: Literal["score", "grade", "conversion", "group"]
    conversion: Conversion | Literal[""]
    grade: Name
    score: Points
    why: Text
    due_at: Instant
    line: Name = ""
    grade_name: Name = ""
    rating_name: Name = ""


@written
class TakenOn:
    """Sales took the lead by themselves: a pursuit begins without a handoff."""

    by: Name


@written
class Attempted:
    """An attempt: the how-manieth of this pursuit and of all; `answers` when it is the first answer of this pursuit.

    `number` is 0 when the attempt was made before this pursuit began, and was told of late.
    """

    channel: Channel
    outcome: Outcome
    reason: Name
    by: Name
    number: Count
    number_of_all: Count
    answers: bool


@written
class DeadlineEnded:
    """Sales responded in time, or too late, or the deadline came without a response; or the lead was taken back."""

    outcome: Literal["met", "missed", "withdrawn"]
    due_at: Instant


@written
class Returned:
    """The lead went back to marketing; scores trigger again from `again_at` points on, and not before an instant."""

    reason: Name
    by: Name
    attempts: Count
    track: Name
    again_at: Points
    paused_until: Instant = 0


@written
class Rejected:
    """Sales refused the lead for good."""

    reason: Name
    by: Name


@written
class Qualified:
    """Sales said yes, after so many attempts of all pursuits."""

    by: Name
    attempts: Count


@written
class Won:
    """The lead bought."""

    amount: Amount
    currency: Currency
    by: Name


@written
class Lost:
    """The opportunity is gone; scores trigger again from `again_at` points on, and not before an instant."""

    reason: Name
    by: Name
    again_at: Points
    paused_until: Instant = 0


@written
class Reopened:
    """Who was a customer or disqualified is a lead again; scores trigger again from `again_at` points on."""

    reason: Name
    by: Name
    again_at: Points


@written
class OwnerChanged:
    """The lead belongs to somebody else."""

    owner: Name


@written
class NurtureEntered:
    """The lead is on a track."""

    track: Name
    why: Literal["stage", "return", "loss", "by_hand", "joined"]
    detail: Text
    by: Name


@written
class NurtureLeft:
    """The lead is off a track."""

    track: Name
    why: Literal["handoff", "accepted", "sale", "unsubscribed", "disqualified", "moved", "joined"]
    by: Name


@written
class Noticed:
    """A person is to be told."""

    kind: Literal["deadline_missed", "converted", "cooled", "excluded", "joined"]
    to: Literal["sales", "marketing"]
    text: Text


Fact = (
    Arrived
    | Acted
    | DayCounted
    | HitsSettled
    | Rated
    | LookPlanned
    | InterestReset
    | InterestRescored
    | Profiled
    | Excluded
    | Converted
    | Identified
    | Transferred
    | GroupTold
    | MemberNoted
    | Joined
    | ReachChanged
    | StageMoved
    | HandedOver
    | TakenOn
    | Attempted
    | DeadlineEnded
    | Returned
    | Rejected
    | Qualified
    | Won
    | Lost
    | Reopened
    | OwnerChanged
    | NurtureEntered
    | NurtureLeft
    | Noticed
    | Forwarded
    | Held
    | AgreementAdopted
    | Passed
)

NAMES: Mapping[type, str] = {
    kind: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(Fact)
}
"""Facts by their names in the journal: `handed_over`."""
