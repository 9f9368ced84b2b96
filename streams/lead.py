"""The promise of the product: what a message means for its lead, decided here and remembered here.

`decide` says, `evolve` remembers. Rules are generators: each fact they yield is remembered before they go on, so that
the next line of a rule sees its own consequences, and a lead's state is always the fold of its facts.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas import fact as f
from schemas.codec import Message
from streams import handoff, nurture, outlook, pursuit, rating, rescoring, score, told
from streams.row import Lead
from streams.stage import moved
from streams.terms import OTHER, Terms
from streams.timed import Hit

HISTORY_MAX = 12
"""So many last stage moves are remembered; the journal has all."""


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


def _rule_hit(lead: Lead, fact: f.RuleHit, moment: Moment) -> None:
    rating.remember(lead, Hit(fact.rule, fact.points, *moment, fact.detail, fact.value))


def _hits_settled(lead: Lead, fact: f.HitsSettled, _: Moment) -> None:
    last = rating.forget(lead, fact.rule, fact.places)
    score.enter_interest(lead, ((fact.rule, fact.points),), last.at, last.cause, last.detail)


def _rated(lead: Lead, fact: f.Rated, _: Moment) -> None:
    lead.interest, lead.rated_at = fact.interest, fact.as_of


def _look_planned(lead: Lead, fact: f.LookPlanned, _: Moment) -> None:
    lead.look_at = fact.at


def _profiled(lead: Lead, fact: f.Profiled, moment: Moment) -> None:
    lead.profile.update(fact.told)
    score.enter_fit(lead, fact.points, moment.at, moment.cause)


def _excluded(lead: Lead, fact: f.Excluded, _: Moment) -> None:
    lead.excluded = fact.by


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
    lead.mql_at = lead.mql_at or moment.at
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
    lead.recycles += 1
    lead.reason_before, lead.recycle_reason = lead.recycle_reason, fact.reason
    lead.paused_until = getattr(fact, "paused_until", 0)


def _interest_reset(lead: Lead, _: f.InterestReset, __: Moment) -> None:
    lead.interests, lead.hits, lead.interest = [], [], 0
    lead.forget_given()


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
    f.DayCounted: lambda lead, fact, _: score.remember_day(lead, fact.activity, fact.day, fact.points),
    f.RuleHit: _rule_hit,
    f.HitsSettled: _hits_settled,
    f.Rated: _rated,
    f.LookPlanned: _look_planned,
    f.InterestReset: _interest_reset,
    f.InterestRescored: lambda lead, fact, _: rescoring.remember(lead, fact),
    f.Profiled: _profiled,
    f.Excluded: _excluded,
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
    f.Forwarded: _told,
    f.AgreementAdopted: _told,
    f.Passed: _told,
}


# ---- decide: says what follows from a message that nothing speaks against (streams.objection)


def decide(lead: Lead, message: Message, terms: Terms, moment: Moment) -> list[f.Fact]:
    """The facts that follow, in order, already remembered in `lead`; at least one."""
    facts = []
    if not lead.history:
        facts.append(_arrive(lead, message, terms, moment))
    elif terms.number > lead.agreement:
        facts.extend(_remembered(lead, _renew(lead, terms), moment))
    for fact in RULES[message.kind](lead, message, terms):
        EVOLVE[type(fact)](lead, fact, moment)
        facts.append(fact)
    lead.agreement = terms.number
    return facts


def _renew(lead: Lead, terms: Terms) -> Iterator[f.Fact]:
    """The first message under a new version."""
    timed = lead.hits or terms.interest.by_name
    yield from rescoring.renew(lead, terms)
    if timed:
        yield from outlook.rate(lead, terms, rating.as_of(lead))


def _remembered(lead: Lead, facts: Iterator[f.Fact], moment: Moment) -> Iterator[f.Fact]:
    for fact in facts:
        evolve(lead, fact, moment)
        yield fact


def _arrive(lead: Lead, message: Message, terms: Terms, moment: Moment) -> f.Fact:
    source = getattr(message.data, "source", OTHER)
    fact = f.Arrived(source if source in terms.sources else OTHER)
    evolve(lead, fact, moment)
    return fact


def _act(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """An activity: count it and its points, by the version that was in force, then see whether the lead rises by it."""
    then = terms.then(message.at)
    kind, data, stage, handoffs = message.kind, message.data, lead.stage, lead.handoffs
    held = outlook.may_fall(lead, terms) and handoff.meets(lead, lead.interest, terms, message.at)
    points = score.interest(lead, kind, data, message.at, then)
    yield f.Acted(kind, points, told.detail(kind, data))
    if kind in then.interest.daily:
        day = then.interest.day_of(message.at)
        yield f.DayCounted(kind, day, score.given_on(lead, kind, day) + sum(max(each, 0) for _, each in points))
    if kind in told.SAYING:
        yield from told.SAYING[kind](lead, data, terms)
    if terms.interest.by_name:
        yield from rating.count(lead, message, told.detail(kind, data), then)
        yield from outlook.rate(lead, terms, rating.as_of(lead))
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
    yield from outlook.fall(lead, terms, held=held)
    if terms.interest.by_name or lead.paused_until:
        yield from outlook.plan(lead, terms)


Handler = Callable[[Lead, Message, Terms], Iterator[f.Fact]]


def _move(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A move by hand means what the feedback for that stage means."""
    yield from BY_HAND[message.data.to](lead, message, terms)


def _remind(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A deadline has come."""
    yield from DEADLINES[message.data.deadline](lead, message, terms)


DEADLINES: Mapping[str, Handler] = {"response": pursuit.remind, "score": outlook.look_again}
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
    "reminder": _remind,
}
RULES: Mapping[str, Handler] = FEEDBACK | dict.fromkeys(told.DETAIL, _act)
