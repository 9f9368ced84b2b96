"""Who a lead is: a visitor who tells its name, two leads that are one, and what the lead of both is then."""

from collections.abc import Iterator

from schemas import fact as f
from schemas.codec import Message
from schemas.identity import Reason
from streams import activity, groups, nurture, outlook, rating, rescoring, score, told, union
from streams.row import Entry, Lead
from streams.stage import moved
from streams.terms import Terms

AGREEMENT = "agreement"


def identify(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A visitor tells who it is; what follows from that is decided in the row of the lead that it turned out to be."""
    if message.data.known_as == lead.id:
        yield from activity.act(lead, message, terms)
        return
    yield from activity.count(lead, message, terms)
    yield from _transfer(lead, message.data.known_as, "identified", lead.id)


def merge(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:  # noqa: ARG001  all handlers are called alike
    """Somebody says that this lead is another one."""
    yield from _transfer(lead, message.data.into, "merged", message.data.by or "sales")


def _transfer(lead: Lead, to: str, why: Reason, by: str) -> Iterator[f.Fact]:
    yield from groups.leave(lead)
    history = union.folded(lead)
    yield from nurture.leave(lead, "joined", by)
    yield f.Transferred(to, why, by, lead.stage, history)


def join(lead: Lead, other: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """The history of another id is this lead's own: cut what the ceilings do not leave, and see what it means."""
    stage, track = union.stage_of(lead, other), union.track_of(lead, other)
    stood, pursued = _stood(lead, other, terms), other.with_sales and other.id != lead.id
    if lead.due_at is not None and other.due_at is not None:
        other.due_at, later = sorted((lead.due_at, other.due_at))
        yield f.DeadlineEnded("withdrawn", later)
    yield f.Joined(other.id, message.data.why, lead.stage if lead.history else "", stage, union.folded(other))
    yield from _cut(lead, terms)
    changes = score.fit(lead, {}, terms)
    if changes:
        yield f.Profiled({}, changes)
    yield from told.exclude(lead, terms)
    yield from rating.settle_all(lead, terms)
    yield from outlook.rate(lead, terms, rating.as_of(lead))
    if lead.due_at is not None and lead.stage != "mql":  # sales have it already
        yield f.DeadlineEnded("withdrawn", lead.due_at)
    if pursued:
        yield f.Noticed("joined", "sales", f"{other.id}, who is with you, is known as {lead.id} now.")
    if lead.stage == "visitor" and message.data.why == "identified":
        yield moved(lead, "contact", AGREEMENT, "identified")
    yield from _nurture(lead, track, other.id)
    yield from activity.rise(lead, message, terms, stood)
    yield from outlook.plan(lead, terms)


def _stood(lead: Lead, other: Lead, terms: Terms) -> activity.Before:
    """How both together stand before they are one."""
    ours, theirs = activity.before(lead, terms), activity.before(other, terms)
    held = ours.held or theirs.held
    return activity.Before(union.stage_of(lead, other), ours.handoffs + theirs.handoffs, held)


def _nurture(lead: Lead, track: str, former: str) -> Iterator[f.Fact]:
    """Go on with the track of both, while marketing have the lead and may write to it."""
    if lead.with_sales or not lead.reachable or not track:
        yield from nurture.leave(lead, "joined", AGREEMENT)
    else:
        yield from nurture.enter(lead, track, "joined", former, AGREEMENT)


def _cut(lead: Lead, terms: Terms) -> Iterator[f.Fact]:
    """Take off what both together have more than the ceilings leave, the latest points first."""
    entries, ceilings = list(lead.interests), {**terms.interest.daily, **terms.interest.crossed}
    for kind, day, points in lead.days:
        over = points - ceilings.get(kind, points)
        if over > 0:
            yield f.DayCounted(kind, day, points - over)
            _take_off(entries, over, kind, day, terms)
    given = (entry[:2] for entry in entries)
    yield from rescoring.become(lead, score.within(given, terms, apart=terms.interest.apart))


def _take_off(entries: list[Entry], over: int, kind: str, day: int, terms: Terms) -> None:
    """Take points off those that an activity gave on this day, the latest first."""
    book = terms.interest
    rules = {term.name for term in book.plain.get(kind, ())} | {term.name for term in book.timed.get(kind, ())}
    for place, (rule, points, times, at, cause, detail) in reversed(list(enumerate(entries))):
        if rule in rules and points > 0 and book.day_of(at) >= day:
            less = min(points, over)
            entries[place] = (rule, points - less, times, at, cause, detail)
            over -= less
