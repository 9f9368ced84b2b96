"""Something a person must be told: the contract of `leads.notice.v1`."""

from typing import Literal

from schemas.bounds import Count, Id, Name, Text
from schemas.written import written_by_name


@written_by_name
class NoticeGiven:
    """A notice to sales or marketing."""

    lead: Id
    """The lead's id."""
    kind: Literal["deadline_missed", "converted", "cooled", "excluded", "joined"]
    """`deadline_missed`: no response in time. `converted`: who asked is with sales, a customer or disqualified.
    `cooled`: the score fell below the threshold before sales accepted the lead. `excluded`: who is never handed over
    asked. `joined`: a lead that sales have goes on under another id."""
    to: Literal["sales", "marketing"]
    """Which side is told."""
    owner: Name
    """Who holds the lead; empty when nobody does."""
    text: Text
    """The notice as a sentence."""
    agreement: Count
    """Number of the version that decided."""
