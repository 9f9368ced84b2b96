"""What speaks against a message, before anything is decided: it is ignored or refused whole, never in part."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from schemas.bounds import Stage
from schemas.codec import KINDS, Message
from schemas.groups import is_group
from schemas.topics import FEEDBACK
from streams.row import Lead
from streams.terms import Terms
from streams.union import unfolded


class Ignored(NamedTuple):
    """The message is right but has nothing to change."""

    reason: str


class Refused(NamedTuple):
    """The message can't be taken; `reason` is one of `schemas.envelope.REASONS`."""

    reason: str
    detail: str


Objection = Ignored | Refused | None


def objection(lead: Lead, message: Message, terms: Terms) -> Objection:
    """What speaks against this message for this lead; None when nothing does."""
    if is_group(lead.id) and message.kind not in OF_GROUPS:
        return Refused("reserved_id", f"{message.kind} can't be told of a buying group")
    if is_group(lead.id) and message.kind != "member_changed" and not lead.history:
        return Refused("reserved_id", "nobody is in this buying group")
    look = OBJECTIONS.get(message.kind)
    return look(lead, message, terms) if look else None


def _move(to: Stage) -> Callable[[Lead, Message, Terms], Objection]:
    return lambda lead, _, terms: _barred(lead, to, terms)


def _barred(lead: Lead, to: Stage, terms: Terms) -> Objection:
    if lead.stage == to:
        return Ignored(f"is {to} already")
    if to not in terms.moves[lead.stage]:
        return Refused("forbidden_move", f"sales may not move a lead from {lead.stage} to {to}")
    return None


def _by_hand(lead: Lead, message: Message, terms: Terms) -> Objection:
    to: Stage = message.data.to
    if to == "lead" and lead.with_sales:
        return Refused("forbidden_move", "the lead is with sales: send returned or lost, with a reason")
    return _barred(lead, to, terms)


def _given_up(lead: Lead, message: Message, terms: Terms) -> Objection:
    """A return or a loss: needs a lead that is with sales, and a reason of the agreement."""
    if message.data.reason not in terms.reasons:
        known = ", ".join(sorted(terms.reasons))
        return Refused("unknown_reason", f"{message.data.reason!r}; agreement {terms.number} has {known}")
    return None if lead.with_sales else Ignored("not with sales")


def _owner(lead: Lead, message: Message, _: Terms) -> Objection:
    return Ignored("has this owner already") if lead.owner == message.data.owner else None


def _track(lead: Lead, message: Message, terms: Terms) -> Objection:
    track = message.data.track
    if track not in terms.tracks:
        return Refused("unknown_track", f"{track!r}; agreement {terms.number} has {', '.join(sorted(terms.tracks))}")
    if not lead.reachable:
        return Ignored("may not be nurtured")
    return Ignored("is on this track already") if lead.track == track else None


def _stale(lead: Lead, message: Message, _: Terms) -> Objection:
    due_at = lead.due_at if message.data.deadline == "response" else lead.look_at
    return None if due_at == message.at else Ignored("this deadline no longer runs")


def _named(lead: Lead, message: Message, _: Terms) -> Objection:
    known_as = message.data.known_as
    if is_group(known_as):
        return Refused("reserved_id", f"{lead.id} is a lead and can't turn out to be a buying group")
    if lead.known and known_as != lead.id:
        return Refused("known_lead", f"{lead.id} is known and can't turn out to be {known_as}; send merged if it is")
    return None


def _merging(lead: Lead, message: Message, _: Terms) -> Objection:
    if is_group(message.data.into):
        return Refused("reserved_id", f"{lead.id} is a lead and can't be merged with a buying group")
    return Ignored("is this lead already") if message.data.into == lead.id else None


def _unreadable(_: Lead, message: Message, __: Terms) -> Objection:
    try:
        unfolded(message.data.former, message.data.history)
    except ValueError as error:
        return Refused("invalid_data", f"the history of {message.data.former} can't be read: {error}")
    return None


def _no_group(lead: Lead, _: Message, __: Terms) -> Objection:
    return None if is_group(lead.id) else Refused("invalid_data", f"{lead.id} is no buying group")


OF_GROUPS = frozenset(
    {"member_changed", "reminder", *(kind.name for kind in KINDS if kind.topic == FEEDBACK.name)}
    - {"merged", "nurture_started"}
)
"""What can be told of a buying group."""
OBJECTIONS: Mapping[str, Callable[[Lead, Message, Terms], Objection]] = {
    "accepted": _move("accepted"),
    "qualified": _move("sql"),
    "won": _move("customer"),
    "rejected": _move("disqualified"),
    "stage_moved": _by_hand,
    "returned": _given_up,
    "lost": _given_up,
    "owner_changed": _owner,
    "nurture_started": _track,
    "reminder": _stale,
    "identified": _named,
    "merged": _merging,
    "history_transferred": _unreadable,
    "member_changed": _no_group,
}
