"""The packet that marketing hands to sales: the contract of `leads.handoff.v1`."""

from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Conversion, Count, Id, Name, Points, Side, Text, Time
from schemas.groups import MEMBERS_MAX
from schemas.written import written_by_name


@written_by_name
class PointEntry:
    """One entry of the ledger; the sum of all entries is the score."""

    side: Side
    """Whether it counts for fit or for interest."""
    rule: Name
    """The rule's name in the agreement."""
    points: Points
    """What it gave, after ceilings; negative points are subtracted."""
    times: Count
    """How many messages this entry stands for; older ones are folded together by rule."""
    at: Time
    """When the last of them happened."""
    cause: Name
    """The last message's place in the log: topic letter, partition, offset."""
    detail: Text = ""
    """What was looked at, taken, opened or told."""


@written_by_name
class Who:
    """The profile as last told; empty when unknown."""

    name: Name = ""
    role: Name = ""
    seniority: Name = ""
    department: Name = ""
    company: Name = ""
    company_size: Count = 0
    """Employees; 0 when unknown."""
    industry: Name = ""
    country: Name = ""
    email_domain: Name = ""
    account: Name = ""


@written_by_name
class HandoffRequested:
    """A lead goes to sales: who it is, why now, what it did, and by when sales respond."""

    lead: Id
    """The lead's id."""
    handoff: Count
    """How often this lead has been handed over, this time included."""
    trigger: Literal["score", "grade", "conversion"]
    """`score` or `grade` when one was reached that hands over, `conversion` when the lead asked for a conversation."""
    conversion: Conversion | Literal[""]
    """The kind of conversion; empty when the score triggered."""
    why: Text
    """The reason as a sentence."""
    who: Who
    source: Name
    """Where the lead came from first; empty when unknown."""
    first_seen_at: Time
    """When its first message happened."""
    fit: Points
    """How well we can serve this lead."""
    interest: Points
    """How much this lead wants to know."""
    score: Points
    """`fit` plus `interest`."""
    line: Name = ""
    """The named score that handed the lead over; empty when it was that of all rules, or a conversion."""
    scores: Annotated[dict[Name, Points], Field(max_length=50)] = field(default_factory=dict)
    """Fit plus interest of each score that has a name in the agreement."""
    grade: Name = ""
    """Fit and interest as a letter and a number, like `A1`; empty when the agreement has no grid."""
    grade_name: Name = ""
    """What the agreement calls this grade; empty for none."""
    rating: Annotated[int, Field(ge=0, le=100)] | None = None
    """The score on the agreement's scale from 0 to 100; null when it has none."""
    rating_name: Name = ""
    """What the agreement calls this rating; empty for none."""
    entries: Annotated[tuple[PointEntry, ...], Field(max_length=2100)]
    """The points that made the score: the latest one by one, older ones together by rule."""
    activity: Annotated[dict[Name, Count], Field(max_length=50)]
    """How often the lead did what, by the short name of the event type."""
    recycled: Count = 0
    """How often this lead went back to marketing before."""
    recycle_reason: Name = ""
    """Why it went back last."""
    owner: Name
    """Who holds the lead; empty when nobody does."""
    respond_by: Time
    """The response deadline in the agreement's working hours."""
    attempts_max: Count
    """Attempts without an answer after which the lead goes back."""
    agreement: Count
    """Number of the version that decided."""


@written_by_name
class GroupMember:
    """One of a buying group."""

    lead: Id
    """The lead's id."""
    role: Name
    """Empty when it has none of the agreement's roles."""
    points: Points
    """What it counts for: its interest, cut by the ceiling of members and weighted by its role."""


@written_by_name
class GroupHandoffRequested:
    """A buying group goes to sales: people of one account who decide together, and by when sales respond."""

    lead: Id
    """The group's id, to which sales send their feedback."""
    account: Name
    """The account in small letters."""
    line: Name
    """The named score that the group is about; empty when the agreement has one group an account."""
    handoff: Count
    """How often this group has been handed over, this time included."""
    why: Text
    """The reason as a sentence."""
    score: Points
    """What its members count for together."""
    completeness: Annotated[int, Field(ge=0, le=100)]
    """The share of the required roles that are filled, in percent; 0 when none is required."""
    missing: Annotated[tuple[Name, ...], Field(max_length=50)]
    """The required roles that nobody has."""
    members: Annotated[tuple[GroupMember, ...], Field(max_length=MEMBERS_MAX)]
    """Everybody whom the group knows, the last one who did something at the end."""
    recycled: Count
    """How often this group went back to marketing before."""
    recycle_reason: Name
    """Why it went back last."""
    owner: Name
    """Who holds the group; empty when nobody does."""
    respond_by: Time
    """The response deadline in the agreement's working hours."""
    attempts_max: Count
    """Attempts without an answer after which the group goes back."""
    agreement: Count
    """Number of the version that decided."""
