"""A lead enters or leaves a nurture track: the contracts of `leads.nurture.v1`."""

from typing import Literal

from schemas.bounds import Count, Id, Name
from schemas.written import written_by_name


@written_by_name
class NurtureEntered:
    """The lead is on this track from now on."""

    lead: Id
    """The lead's id."""
    track: Name
    """A track of the agreement."""
    why: Literal["stage", "return", "loss", "by_hand", "joined"]
    """What put it there: a stage that it reached, a return, a loss, sales by hand, or another id of it was there."""
    detail: Name
    """The stage, the reason of the return or loss, the other id, or empty."""
    by: Name
    """Who put it there; `agreement` when a rule did."""
    agreement: Count
    """Number of the version that decided."""


@written_by_name
class NurtureLeft:
    """The lead is off this track."""

    lead: Id
    """The lead's id."""
    track: Name
    """The track that it was on."""
    why: Literal["handoff", "accepted", "sale", "unsubscribed", "disqualified", "moved", "joined"]
    """What ended it; `moved` when another track begins, `joined` when the lead goes on under another id."""
    by: Name
    """Who ended it; `agreement` when a rule did."""
    agreement: Count
    """Number of the version that decided."""
