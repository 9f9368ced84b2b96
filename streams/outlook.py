"""What time alone does to a lead: its score rises or falls though nothing happens, and a reminder says when."""

from bisect import bisect_left
from collections.abc import Iterator

from schemas.codec import Message
from schemas.fact import DeadlineEnded, Fact, LookPlanned, Noticed, Rated
from streams import nurture, pursuit
from streams.handoff import BY_SCORE, grade, hand_over, meets, reached, threshold
from streams.rating import as_of, interest_at, lowered, turns
from streams.row import Lead
from streams.terms import Terms

TURNS_MAX = 40
"""So many instants ahead are looked at; then it is time to look again."""
COOLED = "cooled"


def rate(lead: Lead, terms: Terms, now: int) -> tuple[Fact, ...]:
    """Say what interest is now, if that is not what we said last."""
    interest = interest_at(lead, terms, now)
    return () if interest == lead.interest else (Rated(interest, now),)


def plan(lead: Lead, terms: Terms) -> tuple[Fact, ...]:
    """Say when to look again, if that is not what we said last."""
    look_at = _look_at(lead, terms)
    return () if look_at == lead.look_at else (LookPlanned(look_at),)


def _look_at(lead: Lead, terms: Terms) -> int | None:
    """When to look again: no later than the score is reached, or is not any more; None when that changes nothing."""
    now, by_score = as_of(lead), lead.stage in BY_SCORE
    if not by_score and not may_fall(lead, terms):
        return None
    rising = _may_rise(lead, terms, now)
    if by_score and not rising:
        return None
    met = meets(lead, lead.interest, terms, now)
    if not by_score and not met:
        return None

    def turned(at: int) -> bool:
        return meets(lead, interest_at(lead, terms, at), terms, at) != met

    if not rising and lead.look_at is not None and now < lead.look_at and not turned(lead.look_at):
        return lead.look_at  # early at worst: what can only fall has not fallen before
    ahead = _ahead(lead, terms, now)[:TURNS_MAX]
    if rising:
        place = next((place for place, at in enumerate(ahead) if turned(at)), len(ahead))
    else:  # what can only fall is below for good
        place = bisect_left(ahead, x=True, key=turned)
    if place < len(ahead):
        return ahead[place]
    return ahead[-1] if len(ahead) == TURNS_MAX else None


def _ahead(lead: Lead, terms: Terms, now: int) -> list[int]:
    found = turns(lead, terms, now)
    return sorted([*found, lead.paused_until]) if lead.paused_until > now else found


def _may_rise(lead: Lead, terms: Terms, now: int) -> bool:
    return terms.interest.lifting or lead.paused_until > now or lowered(lead, terms)


def may_fall(lead: Lead, terms: Terms) -> bool:
    """Whether anything follows when the score falls below the threshold."""
    return lead.stage == "mql" and terms.falls != "nothing"


def look_again(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Time has changed the score: hand the lead over, or tell sales that it cooled off."""
    held, now = meets(lead, lead.interest, terms, as_of(lead)), max(as_of(lead), message.at)
    yield Rated(interest_at(lead, terms, now), now)
    if reached(lead, terms):
        yield from hand_over(lead, message, terms)
        yield from nurture.leave(lead, "handoff", "agreement")
    if held:
        yield from fall(lead, terms)
    yield from plan(lead, terms)


def fall(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """Tell sales that an MQL's score is below the threshold, if it was not before, or take the lead back."""
    if not may_fall(lead, terms) or meets(lead, lead.interest, terms, as_of(lead)):
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
