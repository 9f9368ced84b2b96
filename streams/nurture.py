"""Which nurture track a lead is on: entered by stage, return, loss or hand, left at handoff, sale or unsubscription."""

from collections.abc import Iterator
from typing import Literal

from schemas.fact import Fact, NurtureEntered, NurtureLeft
from streams.row import Lead
from streams.terms import Terms

Entering = Literal["stage", "return", "loss", "by_hand", "joined"]
Leaving = Literal["handoff", "accepted", "sale", "unsubscribed", "disqualified", "moved", "joined"]


def enter(lead: Lead, track: str, why: Entering, detail: str, by: str) -> Iterator[Fact]:
    """Put the lead on the track, off another first; nothing happens without a track or to who may not be nurtured."""
    if track and track != lead.track and lead.reachable:
        yield from leave(lead, "moved", by)
        yield NurtureEntered(track, why, detail, by)


def leave(lead: Lead, why: Leaving, by: str) -> Iterator[Fact]:
    """Take the lead off its track, if it is on one."""
    if lead.track:
        yield NurtureLeft(lead.track, why, by)


def by_stage(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """Put the lead on the track that its stage starts."""
    yield from enter(lead, terms.stage_tracks.get(lead.stage, ""), "stage", lead.stage, "agreement")
