"""What was decided: the private journal `leads.fact.v1`, in the order of decision.

A journal line is `{"fact", "lead", "at", "cause", "agreement", "data"}`; `data` is one of the records below. Every
message leaves at least one fact: none can disappear, and the journal tells the order in which a lane read its topics.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.bounds import Channel, Conversion, End, Outcome, Stage


@dataclass(frozen=True, slots=True)
class Arrived:
    """The first message of this lead; it is a visitor now."""

    source: str


@dataclass(frozen=True, slots=True)
class Acted:
    """An activity was counted, with the interest points it gave, after ceilings: `(rule, points)`."""

    activity: str
    points: tuple[tuple[str, int], ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Profiled:
    """The profile changed: what was told anew, and the change of the fit points by rule: `(rule, points)`."""

    told: dict[str, str | int]
    points: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """The lead asked for a conversation."""

    kind: Conversion


@dataclass(frozen=True, slots=True)
class Identified:
    """The visitor has a name."""

    known_as: str


@dataclass(frozen=True, slots=True)
class ReachChanged:
    """Whether the lead may be nurtured (consent, bounces, unsubscription), and why."""

    reachable: bool
    why: str


@dataclass(frozen=True, slots=True)
class StageMoved:
    """From one stage to another; `passed` are the rungs of the funnel reached for the first time, in order."""

    from_stage: Stage
    to_stage: Stage
    passed: tuple[Stage, ...]
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Marketing handed the lead to sales, who respond by `due_at` (ms since the epoch)."""

    number: int
    trigger: Literal["score", "conversion"]
    conversion: Conversion | Literal[""]
    score: int
    why: str
    due_at: int


@dataclass(frozen=True, slots=True)
class TakenOn:
    """Sales took the lead by themselves: a pursuit begins without a handoff."""

    by: str


@dataclass(frozen=True, slots=True)
class Attempted:
    """An attempt: the how-manieth of this pursuit and of all; `answers` when it is the first answer of this pursuit."""

    channel: Channel
    outcome: Outcome
    reason: str
    by: str
    number: int
    number_of_all: int
    answers: bool


@dataclass(frozen=True, slots=True)
class DeadlineEnded:
    """The response deadline was met or missed, or fell away with the pursuit."""

    outcome: Literal["met", "missed", "dropped"]
    due_at: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The lead went back to marketing; scores trigger again from `again_at` points on."""

    reason: str
    by: str
    attempts: int
    track: str
    again_at: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """Sales refused the lead for good."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Qualified:
    """Sales said yes, after so many attempts of all pursuits."""

    by: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Won:
    """The lead bought."""

    amount: float
    currency: str
    by: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The opportunity is gone; scores trigger again from `again_at` points on."""

    reason: str
    by: str
    again_at: int


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """The lead belongs to somebody else."""

    owner: str


@dataclass(frozen=True, slots=True)
class NurtureEntered:
    """The lead is on a track."""

    track: str
    why: Literal["stage", "return", "loss", "by_hand"]
    detail: str
    by: str


@dataclass(frozen=True, slots=True)
class NurtureLeft:
    """The lead is off a track."""

    track: str
    why: Literal["handoff", "accepted", "sale", "unsubscribed", "disqualified", "moved"]
    by: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """A person is to be told."""

    kind: Literal["deadline_missed", "converted"]
    to: Literal["sales", "marketing"]
    text: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A message that changed nothing: repeated, ignored or refused, and why."""

    end: End
    reason: str
    detail: str


Fact = (
    Arrived
    | Acted
    | Profiled
    | Converted
    | Identified
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
    | OwnerChanged
    | NurtureEntered
    | NurtureLeft
    | Noticed
    | Passed
)
