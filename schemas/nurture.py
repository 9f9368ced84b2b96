"""A lead enters or leaves a nurture track: the contracts of `leads.nurture.v1`."""

from dataclasses import dataclass
from typing import Literal

from schemas.bounds import Count, Id, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class NurtureEntered:
    """The lead is on this track from now on.

    Attributes:
        why: `stage`, `return`, `loss` or `by_hand`.
        detail: The stage, the reason of the return or loss, or empty.
        by: Who put it there; `agreement` when a rule did.
    """

    lead: Id
    track: Name
    why: Literal["stage", "return", "loss", "by_hand"]
    detail: Name
    by: Name
    agreement: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class NurtureLeft:
    """The lead is off this track.

    Attributes:
        why: `handoff`, `accepted`, `sale`, `unsubscribed`, `disqualified` or `moved` (to another track).
    """

    lead: Id
    track: Name
    why: Literal["handoff", "accepted", "sale", "unsubscribed", "disqualified", "moved"]
    by: Name
    agreement: Count
