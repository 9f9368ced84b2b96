"""What an activity does to its lead: it is counted with its points, and the lead rises by it, or is handed over."""

from collections.abc import Generator, Iterator
from typing import NamedTuple

from schemas.bounds import Stage
from schemas.codec import Message
from schemas.fact import Acted, DayCounted, Fact
from streams import daily, handoff, nurture, outlook, rating, rescoring, score, told
from streams.row import Lead
from streams.stage import moved
from streams.terms import Terms


class Before(NamedTuple):
    """How a lead stood before a message."""

    stage: Stage
    handoffs: int
    held: bool
    """Whether it was an MQL whose score was high enough for it, and falling below has consequences."""


def before(lead: Lead, terms: Terms) -> Before:
    """How the lead stands now."""
    held = outlook.may_fall(lead, terms) and handoff.meets(lead, lead.interest, terms, rating.as_of(lead))
    return Before(lead.stage, lead.handoffs, held)


def act(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Count an activity, then see whether the lead rises by it."""
    stood = before(lead, terms)
    rises = yield from count(lead, message, terms, held=stood.held and not terms.interest.lifting)
    if lead.stage == "visitor" and message.kind != "page_viewed":
        yield moved(lead, "contact", "agreement", message.kind)
    yield from rise(lead, message, terms, stood)
    early = rises and (lead.stage, lead.active_at) == (stood.stage, message.at)  # what was planned, at worst
    if not early and (terms.interest.by_name or lead.paused_until):
        yield from outlook.plan(lead, terms)


def count(lead: Lead, message: Message, terms: Terms, *, held: bool = False) -> Generator[Fact, None, bool]:
    """Count an activity and its points, by the version that was in force, and hear what else it says.

    Returns:
        Whether fit is what it was, and interest as high at least, now and at any time, when this is the last thing that
        happened. Asked for of who is `held` as an MQL, where nothing is given for rest; False otherwise.
    """
    then = terms.then(message.at)
    kind, data = message.kind, message.data
    met = then.interest.met(kind, data)
    points, detail = score.interest(lead, message, met, then, terms), told.detail(kind, data)
    timed = met.timed if lead.recycles else met.first
    counting = timed and (terms.interest.by_name or then.interest.crossed)
    hits = rating.hits_of(lead, message, timed, then) if counting else ()
    rises = held and then is terms and kind not in told.SAYING
    rises = rises and all(rating.adds(lead, hit, terms.interest) for hit in hits)
    yield Acted(kind, points, detail, hits)
    if kind in then.interest.daily:
        day = then.interest.day_of(message.at)
        yield DayCounted(kind, day, daily.given_on(lead, kind, day) + sum(max(each, 0) for _, each in points))
    if kind in told.SAYING:
        yield from told.SAYING[kind](lead, message, terms)
    if hits:
        yield from rating.settle(lead, hits, then)
        if then is not terms:
            yield from rescoring.keep_late(lead, then, terms)
    if terms.interest.rated:
        yield from outlook.rate(lead, terms, rating.as_of(lead))
    return rises and all(give >= 0 for _, give in points)


def rise(lead: Lead, message: Message, terms: Terms, stood: Before) -> Iterator[Fact]:
    """Move the lead up, hand it over, or see that its score has fallen."""
    if lead.stage == "contact" and lead.score >= terms.lead_score:
        yield moved(lead, "lead", "agreement", f"score {lead.score}")
    if message.kind == "conversion_made" or handoff.reached(lead, terms):
        yield from handoff.hand_over(lead, message, terms)
    if lead.handoffs != stood.handoffs:
        yield from nurture.leave(lead, "handoff", "agreement")
    elif lead.stage != stood.stage:
        yield from nurture.by_stage(lead, terms)
    if stood.held:
        yield from outlook.fall(lead, terms)
