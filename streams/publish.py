"""What we say of what we decided: facts that others are told of, as events of our own contracts."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas import fact as f
from schemas import nurture, returns
from schemas.codec import BY_CONTRACT, SOURCE, Output, plain
from schemas.envelope import headers_of, rfc3339
from schemas.letter import HistoryTransferred, MemberChanged
from schemas.notice import NoticeGiven
from streams import groups
from streams.handoff import packet
from streams.row import Lead
from streams.terms import Terms

_SOURCE = SOURCE.encode()


def published(lead: Lead, fact: f.Fact, terms: Terms) -> object | None:
    """The event of this fact, None when it stays private; `lead` is its state at the end of the message."""
    publish = PUBLISH.get(type(fact))
    return publish(lead, fact, terms) if publish else None


def _returned(lead: Lead, fact: f.Returned, terms: Terms) -> returns.LeadReturned:
    return returns.LeadReturned(
        lead=lead.id,
        reason=fact.reason,
        by=fact.by,
        attempts=fact.attempts,
        track=fact.track,
        agreement=terms.number,
    )


def _entered(lead: Lead, fact: f.NurtureEntered, terms: Terms) -> nurture.NurtureEntered:
    return nurture.NurtureEntered(
        lead=lead.id, track=fact.track, why=fact.why, detail=fact.detail, by=fact.by, agreement=terms.number
    )


def _left(lead: Lead, fact: f.NurtureLeft, terms: Terms) -> nurture.NurtureLeft:
    return nurture.NurtureLeft(lead=lead.id, track=fact.track, why=fact.why, by=fact.by, agreement=terms.number)


def _noticed(lead: Lead, fact: f.Noticed, terms: Terms) -> NoticeGiven:
    return NoticeGiven(
        lead=lead.id, kind=fact.kind, to=fact.to, owner=lead.owner, text=fact.text, agreement=terms.number
    )


def _transferred(lead: Lead, fact: f.Transferred, terms: Terms) -> HistoryTransferred:
    return HistoryTransferred(former=lead.id, why=fact.why, history=fact.history, agreement=terms.number)


def _requested(lead: Lead, fact: f.HandedOver, terms: Terms) -> object:
    return groups.packet(lead, fact, terms) if fact.trigger == "group" else packet(lead, fact, terms)


def _told(lead: Lead, fact: f.GroupTold, _: Terms) -> MemberChanged:
    return MemberChanged(
        member=lead.id, account=fact.account, line=fact.line, role=fact.role, points=fact.points, left=fact.left
    )


def addressee(lead: Lead, fact: f.Fact) -> str:
    """Whom the event of a fact is about."""
    match fact:
        case f.Transferred():
            return fact.to
        case f.GroupTold():
            return fact.group
    return lead.id


PUBLISH: Mapping[type, Callable[[Lead, Any, Terms], object]] = {
    f.HandedOver: _requested,
    f.GroupTold: _told,
    f.Returned: _returned,
    f.NurtureEntered: _entered,
    f.NurtureLeft: _left,
    f.Noticed: _noticed,
    f.Transferred: _transferred,
}
"""The events of facts that others are told of."""


def said(identity: str, lead: str, at: int, data: object, time: str = "") -> Output:
    """An event of ours as a record in CloudEvents binary mode; type and topic follow from the contract of `data`.

    `time` is `at` in RFC 3339, for those who have it.
    """
    kind = BY_CONTRACT[type(data)]
    key, when = lead.encode(), (time or rfc3339(at)).encode()
    return Output(kind.topic, key, plain(data), headers_of(identity.encode(), _SOURCE, kind.type.encode(), key, when))
