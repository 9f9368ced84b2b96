"""The promise of the product: what a message means for its lead, decided here and remembered here.

`decide` says, `evolve` remembers. Rules are generators: each fact they yield is remembered before they go on, so that
the next line of a rule sees its own consequences, and a lead's state is always the fold of its facts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any, NamedTuple

from schemas import fact as f
from schemas.activity import ConsentChanged, EmailBounced, EmailUnsubscribed, Identified, ProfileGiven
from schemas.codec import KINDS, Message
from schemas.topics import ACTIVITY
from streams import handoff, nurture, pursuit, score
from streams.row import Lead
from streams.stage import moved
from streams.terms import OTHER, Terms

HISTORY_MAX = 12
"""So many last stage moves are remembered; the journal has all."""
DETAIL_MAX = 80


class Moment(NamedTuple):
    """When a fact holds from (ms since the epoch), and the place of its cause in the log."""

    at: int
    cause: str


# ---- evolve: remembers, and asks nothing


def evolve(lead: Lead, fact: f.Fact, moment: Moment) -> None:
    """Remember the fact."""
    EVOLVE[type(fact)](lead, fact, moment)


def _arrived(lead: Lead, fact: f.Arrived, moment: Moment) -> None:
    lead.source = fact.source
    lead.arrived_at = moment.at
    lead.history.append((lead.stage, moment.at))


def _acted(lead: Lead, fact: f.Acted, moment: Moment) -> None:
    at, cause = moment
    lead.arrived_at = min(lead.arrived_at, at)
    lead.active_at = max(lead.active_at, at)
    lead.activity[fact.activity] = lead.activity.get(fact.activity, 0) + 1
    score.enter_interest(lead, fact.points, at, cause, fact.detail)


def _profiled(lead: Lead, fact: f.Profiled, moment: Moment) -> None:
    lead.profile.update(fact.told)
    score.enter_fit(lead, fact.points, moment.at, moment.cause)


def _identified(lead: Lead, fact: f.Identified, _: Moment) -> None:
    lead.known_as = fact.known_as


def _reach_changed(lead: Lead, fact: f.ReachChanged, _: Moment) -> None:
    lead.reachable = fact.reachable


def _stage_moved(lead: Lead, fact: f.StageMoved, moment: Moment) -> None:
    lead.stage = fact.to_stage
    if fact.passed:
        lead.peak = fact.passed[-1]
    lead.history = [*lead.history, (fact.to_stage, moment.at)][-HISTORY_MAX:]


def _handed_over(lead: Lead, fact: f.HandedOver, moment: Moment) -> None:
    _pursued(lead, moment)
    lead.handoffs = fact.number
    lead.due_at = fact.due_at


def _taken_on(lead: Lead, _: f.TakenOn, moment: Moment) -> None:
    _pursued(lead, moment)


def _pursued(lead: Lead, moment: Moment) -> None:
    lead.with_sales = True
    lead.pursued_at = moment.at
    lead.attempts = lead.unanswered = 0
    lead.answered = False


def _attempted(lead: Lead, fact: f.Attempted, _: Moment) -> None:
    lead.attempts_of_all = fact.number_of_all
    if fact.number:
        lead.attempts = fact.number
        lead.unanswered = 0 if fact.outcome == "answered" else lead.unanswered + 1
        lead.answered |= fact.answers


def _deadline_ended(lead: Lead, _: f.DeadlineEnded, __: Moment) -> None:
    lead.due_at = None


def _given_back(lead: Lead, fact: f.Returned | f.Lost | f.Reopened, _: Moment) -> None:
    lead.with_sales = False
    lead.again_at = fact.again_at


def _let_go(lead: Lead, _: f.Rejected | f.Won, __: Moment) -> None:
    lead.with_sales = False


def _owner_changed(lead: Lead, fact: f.OwnerChanged, _: Moment) -> None:
    lead.owner = fact.owner


def _nurture_entered(lead: Lead, fact: f.NurtureEntered, _: Moment) -> None:
    lead.track = fact.track


def _nurture_left(lead: Lead, _: f.NurtureLeft, __: Moment) -> None:
    lead.track = ""


def _told(_: Lead, __: f.Fact, ___: Moment) -> None:
    """Worth telling, nothing to remember."""


EVOLVE: Mapping[type, Callable[[Lead, Any, Moment], None]] = {
    f.Arrived: _arrived,
    f.Acted: _acted,
    f.Profiled: _profiled,
    f.Converted: _told,
    f.Identified: _identified,
    f.ReachChanged: _reach_changed,
    f.StageMoved: _stage_moved,
    f.HandedOver: _handed_over,
    f.TakenOn: _taken_on,
    f.Attempted: _attempted,
    f.DeadlineEnded: _deadline_ended,
    f.Returned: _given_back,
    f.Rejected: _let_go,
    f.Qualified: _told,
    f.Won: _let_go,
    f.Lost: _given_back,
    f.Reopened: _given_back,
    f.OwnerChanged: _owner_changed,
    f.NurtureEntered: _nurture_entered,
    f.NurtureLeft: _nurture_left,
    f.Noticed: _told,
    f.Passed: _told,
}


# ---- decide: says what follows from a message that nothing speaks against (streams.objection)


def decide(lead: Lead, message: Message, terms: Terms, moment: Moment) -> list[f.Fact]:
    """The facts that follow, in order, already remembered in `lead`; at least one."""
    facts = []
    if not lead.history:
        facts.append(_arrive(lead, message, terms, moment))
    for fact in RULES[message.kind](lead, message, terms):
        EVOLVE[type(fact)](lead, fact, moment)
        facts.append(fact)
    lead.agreement = terms.number
    return facts


def _arrive(lead: Lead, message: Message, terms: Terms, moment: Moment) -> f.Fact:
    source = getattr(message.data, "source", OTHER)
    fact = f.Arrived(source if source in terms.sources else OTHER)
    evolve(lead, fact, moment)
    return fact


def _act(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """An activity: count it and its points, then see whether the lead rises by it."""
    kind, data, stage, handoffs = message.kind, message.data, lead.stage, lead.handoffs
    yield f.Acted(kind, score.interest(lead, kind, data, terms), DETAIL[kind](data)[:DETAIL_MAX])
    if kind in SAYING:
        yield from SAYING[kind](lead, data, terms)
    if lead.stage == "visitor" and kind != "page_viewed":
        yield moved(lead, "contact", "agreement", kind)
    if lead.stage == "contact" and lead.score >= terms.lead_score:
        yield moved(lead, "lead", "agreement", f"score {lead.score}")
    if kind == "conversion_made" or handoff.reached(lead, terms):
        yield from handoff.hand_over(lead, message, terms)
    if lead.handoffs != handoffs:
        yield from nurture.leave(lead, "handoff", "agreement")
    elif lead.stage != stage:
        yield from nurture.by_stage(lead, terms)


TELLING = ("url", "asset", "form", "email", "event", "product", "kind", "known_as")
"""The field that tells most of an activity, the first one it has."""


def _detail_of(contract: Any) -> Callable[[Any], str]:
    have = {each.name for each in fields(contract)}
    for name in TELLING:
        if name in have:
            return attrgetter(name)
    return lambda _: ""


DETAIL: Mapping[str, Callable[[Any], str]] = {
    kind.name: _detail_of(kind.contract) for kind in KINDS if kind.topic == ACTIVITY.name
}


def _profile(lead: Lead, data: ProfileGiven, terms: Terms) -> Iterator[f.Fact]:
    told = {name: value for name, value in asdict(data).items() if value and name not in {"source", "campaign"}}
    new = {name: value for name, value in told.items() if lead.profile.get(name) != value}
    if new:
        yield f.Profiled(new, score.fit(lead, new, terms))


def _convert(_: Lead, data: Any, __: Terms) -> Iterator[f.Fact]:
    yield f.Converted(data.kind)


def _identify(_: Lead, data: Identified, __: Terms) -> Iterator[f.Fact]:
    yield f.Identified(data.known_as)


def _consent(lead: Lead, data: ConsentChanged, terms: Terms) -> Iterator[f.Fact]:
    """Consent takes a lead off its track, or back to that of its stage while it is marketing's."""
    if data.marketing != lead.reachable:
        yield f.ReachChanged(data.marketing, "consent given" if data.marketing else "consent withdrawn")
        yield from nurture.leave(lead, "unsubscribed", lead.id)
        if not lead.with_sales:
            yield from nurture.by_stage(lead, terms)


def _unreach(lead: Lead, data: EmailUnsubscribed | EmailBounced, _: Terms) -> Iterator[f.Fact]:
    """An unsubscription or a hard bounce; a soft bounce may come right by itself."""
    if getattr(data, "kind", "hard") == "hard" and lead.reachable:
        yield f.ReachChanged(reachable=False, why="unsubscribed" if isinstance(data, EmailUnsubscribed) else "bounced")
        yield from nurture.leave(lead, "unsubscribed", lead.id)


SAYING: Mapping[str, Callable[[Lead, Any, Terms], Iterator[f.Fact]]] = {
    "profile_given": _profile,
    "conversion_made": _convert,
    "identified": _identify,
    "consent_changed": _consent,
    "email_bounced": _unreach,
    "email_unsubscribed": _unreach,
}
"""Activities that say more than that they happened."""

Handler = Callable[[Lead, Message, Terms], Iterator[f.Fact]]


def _move(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A move by hand means what the feedback for that stage means."""
    yield from BY_HAND[message.data.to](lead, message, terms)


BY_HAND: Mapping[str, Handler] = {
    "accepted": pursuit.accept,
    "sql": pursuit.qualify,
    "customer": pursuit.win,
    "disqualified": pursuit.reject,
    "lead": pursuit.reopen,
}
FEEDBACK: dict[str, Handler] = {
    "accepted": pursuit.accept,
    "attempt_made": pursuit.attempt,
    "qualified": pursuit.qualify,
    "rejected": pursuit.reject,
    "returned": pursuit.give_back,
    "stage_moved": _move,
    "owner_changed": pursuit.change_owner,
    "won": pursuit.win,
    "lost": pursuit.lose,
    "nurture_started": pursuit.start_track,
    "reminder": pursuit.remind,
}
RULES: Mapping[str, Handler] = FEEDBACK | dict.fromkeys(DETAIL, _act)


# ---- queries


def next_due(lead: Lead) -> int | None:
    """The instant at which this lead wants a reminder."""
    return lead.due_at
