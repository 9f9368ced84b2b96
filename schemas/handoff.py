"""The packet that marketing hands to sales: the contract of `leads.handoff.v1`."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Conversion, Count, Id, Name, Points, Side, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PointEntry:
    """One entry of the ledger; the sum of all entries is the score.

    Attributes:
        side: Whether it counts for fit or for interest.
        rule: The rule's name in the agreement.
        points: What it gave, after ceilings; negative points are subtracted.
        times: How many messages this entry stands for (older ones are folded together by rule).
        at: RFC 3339, when the last of them happened.
        cause: The last message's place in the log: topic letter, partition, offset.
        detail: What was looked at, taken, opened or told.
    """

    side: Side
    rule: Name
    points: Points
    times: Count
    at: Name
    cause: Name
    detail: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The profile as last told; empty when unknown."""

    name: Name = ""
    role: Name = ""
    seniority: Name = ""
    department: Name = ""
    company: Name = ""
    company_size: Count = 0
    industry: Name = ""
    country: Name = ""
    email_domain: Name = ""
    account: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRequested:
    """A lead goes to sales: who it is, why now, what it did, and by when sales respond.

    Attributes:
        lead: The lead's id.
        handoff: How often this lead has been handed over, this time included.
        trigger: `score` when the threshold was reached, `conversion` when the lead asked for a conversation.
        conversion: The kind of conversion, empty when the score triggered.
        why: The reason as a sentence.
        score: `fit` plus `interest`.
        activity: How often the lead did what, by event type.
        respond_by: RFC 3339; the response deadline in the agreement's working hours.
        attempts_max: Attempts without an answer after which the lead goes back.
        agreement: Number of the version that decided.
    """

    lead: Id
    handoff: Count
    trigger: Literal["score", "conversion"]
    conversion: Conversion | Literal[""]
    why: Text
    who: Who
    source: Name
    first_seen_at: Name
    fit: Points
    interest: Points
    score: Points
    entries: Annotated[tuple[PointEntry, ...], Field(max_length=200)]
    activity: Annotated[dict[Name, Count], Field(max_length=50)]
    owner: Name
    respond_by: Name
    attempts_max: Count
    agreement: Count
