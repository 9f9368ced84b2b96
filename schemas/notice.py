"""Something a person must be told: the contract of `leads.notice.v1`."""

from dataclasses import dataclass
from typing import Literal

from schemas.bounds import Count, Id, Name, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven:
    """A notice to sales or marketing.

    Attributes:
        kind: `deadline_missed` (no response in time) or `converted` (a lead that is with sales asked again).
        to: Which side is told.
        owner: Who holds the lead; empty when nobody does.
        text: The notice as a sentence.
    """

    lead: Id
    kind: Literal["deadline_missed", "converted"]
    to: Literal["sales", "marketing"]
    owner: Name
    text: Text
    agreement: Count
