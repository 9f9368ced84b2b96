"""What we say of what we decided: facts that others are told of, as events of our own contracts."""

from schemas import fact as f
from schemas import nurture, returns
from schemas.codec import BY_CONTRACT, SOURCE, Output, plain
from schemas.envelope import Envelope, binary_headers
from schemas.notice import NoticeGiven
from streams.handoff import packet
from streams.row import Lead
from streams.terms import Terms


def published(lead: Lead, fact: f.Fact, terms: Terms) -> object | None:
    """The event of this fact, None when it stays private; `lead` is its state at the end of the message."""
    match fact:
        case f.HandedOver():
            return packet(lead, fact, terms)
        case f.Returned():
            return returns.LeadReturned(
                lead=lead.id,
                reason=fact.reason,
                by=fact.by,
                attempts=fact.attempts,
                track=fact.track,
                agreement=terms.number,
            )
        case f.NurtureEntered(track, why, detail, by):
            return nurture.NurtureEntered(
                lead=lead.id, track=track, why=why, detail=detail, by=by, agreement=terms.number
            )
        case f.NurtureLeft(track, left, by):
            return nurture.NurtureLeft(lead=lead.id, track=track, why=left, by=by, agreement=terms.number)
        case f.Noticed(kind, to, text):
            return NoticeGiven(lead=lead.id, kind=kind, to=to, owner=lead.owner, text=text, agreement=terms.number)
        case _:
            return None


def said(identity: str, lead: str, at: int, data: object) -> Output:
    """An event of ours as a record in CloudEvents binary mode; type and topic follow from the contract of `data`."""
    kind = BY_CONTRACT[type(data)]
    value = plain(data)
    headers = binary_headers(Envelope(identity, SOURCE, kind.type, lead, at, value))
    return Output(kind.topic, lead.encode(), value, headers)
