"""A line of the journal `leads.fact.v1`: a fact, with whom it is about and what caused it."""

from schemas.bounds import Count, Name, Time
from schemas.fact import Fact
from schemas.written import written


@written
class Line:
    """A line of the journal: one fact, whom it is about, and what caused it."""

    fact: Name
    """The name of the fact, which tells the form of `data`."""
    lead: Name
    """The lead's id; of a refused message the beginning of its key."""
    at: Time
    """When it happened; of a refused message when it arrived."""
    cause: Name
    """The message's place in the log: topic letter, partition, offset, like `a3-1042`."""
    agreement: Count
    """Number of the version that decided."""
    data: Fact
