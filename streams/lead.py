"""The promise of the product: what a message means for its lead, decided here and remembered here.

`decide` says, `evolve` remembers. Rules are generators: each fact they yield is remembered before they go on, so that
the next line of a rule sees its own consequences, and a lead's state is always the fold of its facts.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from schemas import fact as f
from schemas.codec import Message
from schemas.groups import is_group
from streams import activity, daily, groups, identity, outlook, pursuit, rating, rescoring, score, told, union
from streams.row import HISTORY_MAX, Lead
from streams.terms import OTHER, Terms

JOINING, MEMBER = "history_transferred", "member_changed"


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
    lead.arrived_at = min(lead.arrived_at, moment.at)
    lead.active_at = max(lead.active_at, moment.at)
    lead.activity[fact.activity] = lead.activity.get(fact.activity, 0) + 1
    score.enter_interest(lead, fact.points, moment, fact.detail)
    for rule, points, value in fact.hits:
        rating.remember(lead, rule, (points, *moment, fact.detail, value))


def _hits_settled(lead: Lead, fact: f.HitsSettled, _: Moment) -> None:
    _gave, at, cause, detail, _value = rating.forget(lead, fact.rule, fact.places)
    score.enter_interest(lead, ((fact.rule, fact.points),), (at, cause), detail, fact.times)


def _rated(lead: Lead, fact: f.Rated, _: Moment) -> None:
    lead.interest, lead.rated_at = fact.interest, fact.as_of


def _look_planned(lead: Lead, fact: f.LookPlanned, _: Moment) -> None:
    lead.look_at = fact.at


def _profiled(lead: Lead, fact: f.Profiled, moment: Moment) -> None:
    lead.profile.update(fact.told)
    lead.told_at.update(dict.fromkeys(fact.told, moment.at))
    score.enter_fit(lead, fact.points, moment.at, moment.cause)


def _excluded(lead: Lead, fact: f.Excluded, _: Moment) -> None:
    lead.excluded = fact.by


def _identified(lead: Lead, fact: f.Identified, _: Moment) -> None:
    lead.known |= fact.known_as == lead.id


def _transferred(lead: Lead, fact: f.Transferred, _: Moment) -> None:
    union.empty(lead)
    lead.known_as = fact.to


def _joined(lead: Lead, fact: f.Joined, _: Moment) -> None:
    union.unite(lead, union.unfolded(fact.former, fact.history))
    lead.known = True


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
    lead.handed_at["conversion" if fact.trigger == "conversion" else "points"] = moment.at
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
    lead.interests, lead.hits, lead.interest = [], {}, 0
    lead.forget_given()


def _let_go(lead: Lead, _: f.Rejected | f.Won, __: Moment) -> None:
    lead.with_sales = False


def _owner_changed(lead: Lead, fact: f.OwnerChanged, _: Moment) -> None:
    lead.owner, lead.owned_as = fact.owner, ""


def _nurture_entered(lead: Lead, fact: f.NurtureEntered, _: Moment) -> None:
    lead.track = fact.track


def _nurture_left(lead: Lead, _: f.NurtureLeft, __: Moment) -> None:
    lead.track = ""


def _told(_: Lead, __: f.Fact, ___: Moment) -> None:
    """Worth telling, nothing to remember."""


EVOLVE: Mapping[type, Callable[[Lead, Any, Moment], None]] = {
    f.Arrived: _arrived,
    f.Acted: _acted,
    f.DayCounted: lambda lead, fact, _: daily.remember_day(lead, fact.activity, fact.day, fact.points),
    f.HitsSettled: _hits_settled,
    f.Rated: _rated,
    f.LookPlanned: _look_planned,
    f.InterestReset: _interest_reset,
    f.InterestRescored: lambda lead, fact, _: rescoring.remember(lead, fact),
    f.Profiled: _profiled,
    f.Excluded: _excluded,
    f.Converted: _told,
    f.Identified: _identified,
    f.Transferred: _transferred,
    f.Joined: _joined,
    f.GroupTold: lambda lead, fact, _: groups.remember_told(lead, fact),
    f.MemberNoted: lambda lead, fact, moment: groups.remember_member(lead, fact, *moment),
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
    f.Held: _told,
    f.AgreementAdopted: _told,
    f.Passed: _told,
}


# ---- decide: says what follows from a message that nothing speaks against (streams.objection)


def decide(lead: Lead, message: Message, terms: Terms, moment: Moment) -> list[f.Fact]:
    """The facts that follow, in order, already remembered in `lead`; at least one."""
    facts = []
    if not lead.history:
        if message.kind not in {JOINING, MEMBER}:  # who goes on under another id has arrived before
            facts.append(_arrive(lead, message, terms, moment))
    elif terms.number > lead.agreement and not is_group(lead.id):
        facts.extend(_remembered(lead, _renew(lead, terms), moment))
    lead.agreement = terms.number
    for fact in RULES[message.kind](lead, message, terms):
        EVOLVE[type(fact)](lead, fact, moment)
        facts.append(fact)
    if (terms.groups or lead.groups) and not is_group(lead.id):
        facts.extend(_remembered(lead, groups.tell(lead, terms), moment))
    return facts


def _renew(lead: Lead, terms: Terms) -> Iterator[f.Fact]:
    """The first message under a new version."""
    yield from rescoring.renew(lead, terms)
    yield from outlook.rate(lead, terms, rating.as_of(lead))
    yield from outlook.plan(lead, terms)


def _remembered(lead: Lead, facts: Iterator[f.Fact], moment: Moment) -> Iterator[f.Fact]:
    for fact in facts:
        evolve(lead, fact, moment)
        yield fact


def _arrive(lead: Lead, message: Message, terms: Terms, moment: Moment) -> f.Fact:
    source = getattr(message.data, "source", OTHER)
    fact = f.Arrived(source if source in terms.sources else OTHER)
    evolve(lead, fact, moment)
    return fact


def _join(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A history that turned out to be this lead's; it is made one of this version first."""
    data = message.data
    other = union.unfolded(data.former, data.history)
    if 0 < other.agreement < terms.number:
        for fact in rescoring.renew_interest(other, terms):
            evolve(other, fact, Moment(message.at, ""))
    yield from identity.join(lead, other, message, terms)


Handler = Callable[[Lead, Message, Terms], Iterator[f.Fact]]


def _move(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A move by hand means what the feedback for that stage means."""
    yield from BY_HAND[message.data.to](lead, message, terms)


def _remind(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A deadline has come."""
    deadlines = DEADLINES_OF_GROUPS if is_group(lead.id) else DEADLINES
    yield from deadlines[message.data.deadline](lead, message, terms)


DEADLINES: Mapping[str, Handler] = {"response": pursuit.remind, "score": outlook.look_again}
DEADLINES_OF_GROUPS: Mapping[str, Handler] = {"response": pursuit.remind, "score": groups.look_again}
BY_HAND: Mapping[str, Handler] = {
    "accepted": pursuit.accept,
    "sql": pursuit.qualify,
    "customer": pursuit.win,
    "disqualified": pursuit.reject,
    "lead": pursuit.reopen,
}
FEEDBACK: Mapping[str, Handler] = {
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
    "merged": identity.merge,
}
LETTERS: Mapping[str, Handler] = {"reminder": _remind, JOINING: _join, MEMBER: groups.hear}
ACTIVITY: Mapping[str, Handler] = dict.fromkeys(told.DETAIL, activity.act) | {"identified": identity.identify}
RULES: Mapping[str, Handler] = {**ACTIVITY, **FEEDBACK, **LETTERS}
