"""A lead goes back to marketing: the contract of `leads.return.v1`."""

from schemas.bounds import Count, Id, Name
from schemas.written import written_by_name


@written_by_name
class LeadReturned:
    """Sales, or the agreement after too many unanswered attempts, give the lead back."""

    lead: Id
    """The lead's id."""
    reason: Name
    """A reason of the agreement; `no_answer` when its limit was reached."""
    by: Name
    """Who gave it back; `agreement` when the limit did."""
    attempts: Count
    """Attempts made since the handoff."""
    track: Name
    """The nurture track that the reason names; empty when there is none or the lead may not be nurtured."""
    agreement: Count
    """Number of the version that decided."""
