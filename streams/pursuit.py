"""What sales owe to a lead and do with it: responses in time, attempts, and how a lead leaves their hands."""

from collections.abc import Iterator

from schemas import feedback
from schemas.codec import Message
from schemas.fact import (
    Attempted,
    DeadlineEnded,
    Fact,
    InterestReset,
    Lost,
    Noticed,
    OwnerChanged,
    Qualified,
    Rated,
    Rejected,
    Reopened,
    Returned,
    TakenOn,
    Won,
)
from schemas.groups import is_group
from streams import nurture
from streams.rating import as_of, interest_at
from streams.row import Lead
from streams.stage import moved
from streams.terms import Terms

NO_ANSWER = "no_answer"
AGREEMENT = "agreement"


def respond(lead: Lead, message: Message) -> Iterator[Fact]:
    """Sales did something: a running deadline ends, met or missed by when it was done."""
    if lead.due_at is not None:
        yield from _missed(lead, lead.due_at) if message.at > lead.due_at else [DeadlineEnded("met", lead.due_at)]


def _missed(lead: Lead, due_at: int) -> Iterator[Fact]:
    yield DeadlineEnded("missed", due_at)
    yield Noticed("deadline_missed", "sales", f"{lead.id} was handed over and nobody responded in time.")


def remind(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:  # noqa: ARG001  all handlers are called alike
    """The time to respond is over."""
    yield from _missed(lead, message.at)


def attempt(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Count the attempt; after too many in a row without an answer the lead goes back.

    An attempt that was made before this pursuit, and told of late, is no response and counts for no return.
    """
    data = message.data
    timely = message.at >= lead.pursued_at
    answers = timely and data.outcome == "answered" and not lead.answered
    number, of_all = lead.attempts + 1 if timely else 0, lead.attempts_of_all + 1
    yield Attempted(data.channel, data.outcome, data.reason, data.by, number, of_all, answers)
    if timely:
        yield from respond(lead, message)
        if lead.stage in {"mql", "accepted"} and lead.unanswered >= terms.attempts_max:
            yield from _give_back(lead, NO_ANSWER, AGREEMENT, message.at, terms)


def accept(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:  # noqa: ARG001
    """Sales take the lead on."""
    yield from _take(lead, message)
    yield moved(lead, "accepted", "sales", "accepted")


def _take(lead: Lead, message: Message) -> Iterator[Fact]:
    """The lead is in the hands of sales, of this person if one is named."""
    yield from respond(lead, message)
    by = message.data.by
    if not lead.with_sales:
        yield TakenOn(by)
    if by and by != lead.owner:
        yield OwnerChanged(by)
    yield from nurture.leave(lead, "accepted", by)


def qualify(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:  # noqa: ARG001
    """Sales confirm an opportunity."""
    yield from _take(lead, message)
    yield Qualified(message.data.by, lead.attempts_of_all)
    yield moved(lead, "sql", "sales", "qualified")


def win(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """The lead bought; who buys was qualified, whether sales said so before or not."""
    if lead.stage != "sql":
        yield from qualify(lead, message, terms)
    yield from respond(lead, message)
    data = message.data if isinstance(message.data, feedback.Won) else feedback.Won(by=message.data.by)
    yield Won(data.amount, data.currency, data.by)
    yield moved(lead, "customer", "sales", "won")
    yield from nurture.leave(lead, "sale", data.by)
    yield from nurture.by_stage(lead, terms)


def reject(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:  # noqa: ARG001
    """Sales refuse the lead for good."""
    yield from respond(lead, message)
    data = message.data
    yield Rejected(data.reason, data.by)
    yield moved(lead, "disqualified", "sales", data.reason)
    yield from nurture.leave(lead, "disqualified", data.by)


def give_back(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Sales give the lead back with a reason."""
    yield from respond(lead, message)
    yield from _give_back(lead, message.data.reason, message.data.by or "sales", message.at, terms)


def recall(lead: Lead, reason: str, at: int, terms: Terms) -> Iterator[Fact]:
    """The agreement takes the lead back."""
    yield from _give_back(lead, reason, AGREEMENT, at, terms)


def _again(lead: Lead, at: int, terms: Terms) -> tuple[int, int]:
    """From which score, and from when on, a lead that goes back now may be handed over again."""
    left = lead.fit if _resets(lead, terms) else lead.score
    paused_until = at + terms.pause_ms if terms.pause_ms else 0
    if "points" in terms.rests_ms and "points" in lead.handed_at:
        paused_until = max(paused_until, lead.handed_at["points"] + terms.rests_ms["points"])
    return left + terms.again_points, paused_until


def _resets(lead: Lead, terms: Terms) -> bool:
    """Whether the lead loses its points of interest; those of a group are its members', who keep them."""
    return terms.resets and not is_group(lead.id)


def _begin_again(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """If the agreement says so, a lead that goes back begins without points of interest."""
    if _resets(lead, terms) and (lead.interests or lead.hits):
        yield InterestReset(lead.interest)
    yield from _rate(lead, terms)


def _rate(lead: Lead, terms: Terms) -> Iterator[Fact]:
    """Silence counts for a lead that begins again, and by some rules only for one that went back; for no group."""
    if terms.interest.watching and not is_group(lead.id):
        now = as_of(lead)
        interest = interest_at(lead, terms, now)
        if interest != lead.interest:
            yield Rated(interest, now)


def _give_back(lead: Lead, reason: str, by: str, at: int, terms: Terms) -> Iterator[Fact]:
    track = terms.reasons.get(reason, "") if lead.reachable else ""
    again_at, paused_until = _again(lead, at, terms)
    yield Returned(reason, by, lead.attempts, track, again_at, paused_until)
    yield moved(lead, "lead", AGREEMENT if by == AGREEMENT else "sales", reason)
    yield from _begin_again(lead, terms)
    yield from nurture.enter(lead, track, "return", reason, by)


def lose(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """The opportunity is gone."""
    yield from respond(lead, message)
    data = message.data
    yield Lost(data.reason, data.by, *_again(lead, message.at, terms))
    yield moved(lead, "lead", "sales", data.reason)
    yield from _begin_again(lead, terms)
    yield from nurture.enter(lead, terms.reasons[data.reason], "loss", data.reason, data.by or "sales")


def reopen(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:
    """Somebody who was a customer or disqualified is a lead again."""
    data = message.data
    yield Reopened(data.reason, data.by, lead.score + terms.again_points)
    yield moved(lead, "lead", "sales", data.reason or "moved by hand")
    yield from _rate(lead, terms)
    yield from nurture.by_stage(lead, terms)


def change_owner(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:  # noqa: ARG001
    """The lead belongs to another person of sales."""
    yield OwnerChanged(message.data.owner)


def start_track(lead: Lead, message: Message, terms: Terms) -> Iterator[Fact]:  # noqa: ARG001
    """Sales put the lead on a track by hand."""
    yield from nurture.enter(lead, message.data.track, "by_hand", "", message.data.by or "sales")
