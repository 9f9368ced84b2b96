"""What an activity says besides that it happened: a profile, a wish, a name, a consent; and what the ledger tells."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any

from schemas import fact as f
from schemas.activity import ConsentChanged, EmailBounced, EmailUnsubscribed, ProfileGiven
from schemas.codec import KINDS, Message
from schemas.topics import ACTIVITY
from streams import nurture, score
from streams.row import Lead
from streams.terms import Terms

DETAIL_MAX = 80
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


def _profile(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """Of each field the word counts that was told last, in whatever order they arrive."""
    data: ProfileGiven = message.data
    told = {name: value for name, value in asdict(data).items() if value and name not in {"source", "campaign"}}
    new = {name: value for name, value in told.items() if _later(lead, name, value, message.at)}
    if new:
        yield f.Profiled(new, score.fit(lead, new, terms))
        yield from exclude(lead, terms)


def exclude(lead: Lead, terms: Terms) -> Iterator[f.Fact]:
    """Say which exclusion the profile falls under, if that is not what we said last."""
    excluded = score.excluded_by(lead.profile, terms)
    if excluded != lead.excluded:
        yield f.Excluded(excluded)


def _later(lead: Lead, field: str, value: str | int, at: int) -> bool:
    known_at = lead.told_at.get(field, -1)
    return at > known_at or (at == known_at and str(value) > str(lead.profile[field]))


def _convert(_: Lead, message: Message, __: Terms) -> Iterator[f.Fact]:
    yield f.Converted(message.data.kind)


def _identify(_: Lead, message: Message, __: Terms) -> Iterator[f.Fact]:
    yield f.Identified(message.data.known_as)


def _consent(lead: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """Consent takes a lead off its track, or back to that of its stage while it is marketing's."""
    data: ConsentChanged = message.data
    if data.marketing != lead.reachable:
        yield f.ReachChanged(data.marketing, "consent given" if data.marketing else "consent withdrawn")
        yield from nurture.leave(lead, "unsubscribed", lead.id)
        if not lead.with_sales:
            yield from nurture.by_stage(lead, terms)


def _unreach(lead: Lead, message: Message, _: Terms) -> Iterator[f.Fact]:
    """An unsubscription or a hard bounce; a soft bounce may come right by itself."""
    data: EmailUnsubscribed | EmailBounced = message.data
    if getattr(data, "kind", "hard") == "hard" and lead.reachable:
        yield f.ReachChanged(reachable=False, why="unsubscribed" if isinstance(data, EmailUnsubscribed) else "bounced")
        yield from nurture.leave(lead, "unsubscribed", lead.id)


SAYING: Mapping[str, Callable[[Lead, Message, Terms], Iterator[f.Fact]]] = {
    "profile_given": _profile,
    "conversion_made": _convert,
    "identified": _identify,
    "consent_changed": _consent,
    "email_bounced": _unreach,
    "email_unsubscribed": _unreach,
}
"""Activities that say more than that they happened."""


def detail(kind: str, data: Any) -> str:
    """What the ledger tells of an activity."""
    return DETAIL[kind](data)[:DETAIL_MAX]
