"""From bytes to checked messages and back: each event type knows its topic and its contract."""

import builtins
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from schemas import activity, feedback, handoff, letter, notice, nurture, returns, topics
from schemas.envelope import Headers, Refusal, shown, unsealed


class Kind(NamedTuple):
    """An event type: its short name, where it is carried, its contract and the validator made from it."""

    name: str
    type: str
    topic: str
    contract: builtins.type[object]
    adapter: TypeAdapter[Any]
    validate: Callable[..., Any]
    """From JSON bytes; the adapter's own, without its wrapper."""


def _kind(family: str, name: str, topic: topics.Topic, contract: type[object]) -> Kind:
    adapter = TypeAdapter(contract)
    return Kind(name, f"leadrelay.{family}.{name}.v1", topic.name, contract, adapter, adapter.validator.validate_json)


KINDS: tuple[Kind, ...] = (
    _kind("activity", "page_viewed", topics.ACTIVITY, activity.PageViewed),
    _kind("activity", "content_downloaded", topics.ACTIVITY, activity.ContentDownloaded),
    _kind("activity", "form_submitted", topics.ACTIVITY, activity.FormSubmitted),
    _kind("activity", "email_opened", topics.ACTIVITY, activity.EmailOpened),
    _kind("activity", "email_clicked", topics.ACTIVITY, activity.EmailClicked),
    _kind("activity", "email_bounced", topics.ACTIVITY, activity.EmailBounced),
    _kind("activity", "email_unsubscribed", topics.ACTIVITY, activity.EmailUnsubscribed),
    _kind("activity", "event_registered", topics.ACTIVITY, activity.EventRegistered),
    _kind("activity", "event_attended", topics.ACTIVITY, activity.EventAttended),
    _kind("activity", "trial_started", topics.ACTIVITY, activity.TrialStarted),
    _kind("activity", "product_used", topics.ACTIVITY, activity.ProductUsed),
    _kind("activity", "profile_given", topics.ACTIVITY, activity.ProfileGiven),
    _kind("activity", "conversion_made", topics.ACTIVITY, activity.ConversionMade),
    _kind("activity", "consent_changed", topics.ACTIVITY, activity.ConsentChanged),
    _kind("activity", "identified", topics.ACTIVITY, activity.Identified),
    _kind("feedback", "accepted", topics.FEEDBACK, feedback.Accepted),
    _kind("feedback", "attempt_made", topics.FEEDBACK, feedback.AttemptMade),
    _kind("feedback", "qualified", topics.FEEDBACK, feedback.Qualified),
    _kind("feedback", "rejected", topics.FEEDBACK, feedback.Rejected),
    _kind("feedback", "returned", topics.FEEDBACK, feedback.Returned),
    _kind("feedback", "stage_moved", topics.FEEDBACK, feedback.StageMoved),
    _kind("feedback", "owner_changed", topics.FEEDBACK, feedback.OwnerChanged),
    _kind("feedback", "won", topics.FEEDBACK, feedback.Won),
    _kind("feedback", "lost", topics.FEEDBACK, feedback.Lost),
    _kind("feedback", "nurture_started", topics.FEEDBACK, feedback.NurtureStarted),
    _kind("feedback", "merged", topics.FEEDBACK, feedback.Merged),
    _kind("letter", "reminder", topics.LETTER, letter.Reminder),
    _kind("letter", "agreement_published", topics.LETTER, letter.AgreementPublished),
    _kind("letter", "history_transferred", topics.LETTER, letter.HistoryTransferred),
    _kind("letter", "member_changed", topics.LETTER, letter.MemberChanged),
    _kind("handoff", "requested", topics.HANDOFF, handoff.HandoffRequested),
    _kind("handoff", "group_requested", topics.HANDOFF, handoff.GroupHandoffRequested),
    _kind("return", "made", topics.RETURN, returns.LeadReturned),
    _kind("nurture", "entered", topics.NURTURE, nurture.NurtureEntered),
    _kind("nurture", "left", topics.NURTURE, nurture.NurtureLeft),
    _kind("notice", "given", topics.NOTICE, notice.NoticeGiven),
)
BY_TYPE: Mapping[str, Kind] = {kind.type: kind for kind in KINDS}
BY_CONTRACT: Mapping[type[object], Kind] = {kind.contract: kind for kind in KINDS}

SOURCE = "leadrelay"
"""The `source` of every event that we publish."""


class Message(NamedTuple):
    """A message that came in, checked.

    `at` is when it happened (ms since the epoch), `time` is that in RFC 3339, `data` a contract of `kind`.
    """

    id: str
    source: str
    kind: str
    lead: str
    at: int
    time: str
    data: Any


class Output(NamedTuple):
    """A record to be written: letters go to the lane of their key, others to this lane's partition of their topic."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def decode(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Message:
    """Check a record of one of the input topics, in binary or structured mode.

    Raises:
        Refusal: With the reason and what is wrong; nothing else can come out, whatever the bytes.
    """
    identity, source, name, lead, at, time, data = unsealed(key, value, headers)
    kind = BY_TYPE.get(name)
    if kind is None or kind.topic != topic:
        raise Refusal("unknown_type", f"{shown(name)} is not carried by {topic}")
    try:
        checked = kind.validate(data, strict=True)
    except ValidationError as error:
        raise _broken(error) from None
    return _new(Message, (identity, source, kind.name, lead, at, time, checked))


_new = tuple.__new__  # half the price of calling the class, which counts once an event


def _broken(error: ValidationError) -> Refusal:
    """The first three mistakes, each with its place and without the value's full length."""
    mistakes = error.errors(include_url=False, include_context=False)
    lines = []
    for mistake in mistakes[:3]:
        place = ".".join(str(step) for step in mistake["loc"]) or "data"
        lines.append(f"{place}: {mistake['msg']} (got {shown(mistake['input'])})")
    return Refusal("invalid_data" if mistakes[0]["loc"] else "not_json", "; ".join(lines))


def plain(data: object) -> bytes:
    """A contract as JSON: its own fields, nothing else."""
    assert is_dataclass(data)  # noqa: S101  a programming error, not bad input
    return orjson.dumps(data)
