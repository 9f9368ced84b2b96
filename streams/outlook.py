"""What time alone does to a lead: its score rises or falls though nothing happens, and a reminder says when."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice

from schemas.codec import Message
from schemas.fact import DeadlineEnded, Fact, LookPlanned, Noticed, Rated
from streams import nurture, pursuit
from streams.handoff import BY_SCORE, grade, hand_over, meets, reached, threshold
from streams.rating import as_of, standing, turns
from streams.row import Lead
from streams.terms import Terms

TURNS_MAX = 40
"""So many instants ahead are looked at; then it is time to look again."""
COOLED = "cooled"


def rate(lead: Lead, terms: Terms, now: int) -> Iterator[Fact]:
    """Say what interest is now, if that is not what we said last."""
    interest = standing(lead, terms, now).interest
    if interest != lead.interest:
        yield Rated(interest, now)


def plan(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """Say when to look again, if that is not what we said last."""
    look_at = _look_at(lead, terms)
    if look_at != lead.look_at:
        yield LookPlanned(look_at)


def _look_at(lead: Lead, terms: Terms) -> int | None:
    """The next instant at which the score is reached, or is not any more; None when that changes nothing."""
    now = as_of(lead)
    met = meets(lead, lead.interest, terms, now)
    if not (_may_rise(lead, terms, now) if lead.stage in BY_SCORE else _may_fall(lead, terms) and met):
        return None
    ahead = list(islice(_ahead(lead, terms, now), TURNS_MAX))
    for at in ahead:
        if meets(lead, standing(lead, terms, at).interest, terms, at) != met:
            return at
    return ahead[-1] if len(ahead) == TURNS_MAX else None


def _ahead(lead: Lead, terms: Terms, now: int) -> Iterator[int]:
    pause = [lead.paused_until] if lead.paused_until > now else []
    return merge(turns(lead, terms, now), pause)


def _may_rise(lead: Lead, terms: Terms, now: int) -> bool:
    return terms.interest.rising or lead.paused_until > now or any(hit.at > now for hit in lead.hits)


def _may_fall(lead: Lead, terms: Terms) -> bool:
    return lead.stage == "mql" and terms.falls != "nothing"


def look_again(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Time has changed the score: hand the lead over, or tell sales that it cooled off."""
    held, now = meets(lead, lead.interest, terms, as_of(lead)), max(as_of(lead), message.at)
    yield Rated(standing(lead, terms, now).interest, now)
    if reached(lead, terms):
        yield from hand_over(lead, message, terms)
        yield from nurture.leave(lead, "handoff", "agreement")
    yield from fall(lead, terms, held=held)
    yield from plan(lead, terms)


def fall(lead: Lead, terms: Terms, *, held: bool) -> Iterator[Fact]:
    """Tell sales that an MQL's score is below the threshold, which it was not before, or take the lead back."""
    if not held or not _may_fall(lead, terms) or meets(lead, lead.interest, terms, as_of(lead)):
        return
    if terms.falls == "tell":
        needed = f"score {lead.score}, {threshold(lead, terms)} are needed"
        if terms.grid:
            needed = f"its grade is {grade(lead, terms)} now"
        yield Noticed("cooled", "sales", f"{lead.id} has cooled off since it was handed over: {needed}.")
    else:
        if lead.due_at is not None:
            yield DeadlineEnded("withdrawn", lead.due_at)
        yield from pursuit.recall(lead, COOLED, as_of(lead), terms)
