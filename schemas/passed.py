"""Facts about messages and not about leads: sent on, held, changing nothing; and a lane that knows a new agreement."""

from schemas.bounds import Count, End, Instant, Name, Text
from schemas.written import written


@written
class Forwarded:
    """The message was sent on to the lane where its lead lives, whole; `known_as` is its id if it has another."""

    lane: Count
    known_as: Name = ""


@written
class Held:
    """The message is dated in the future, and waits until then."""

    until: Instant


@written
class AgreementAdopted:
    """A lane knows a new version of the agreement: what happens from `effective_at` on is decided by it."""

    number: Count
    name: Text
    effective_at: Instant


@written
class Passed:
    """A message that changed nothing: repeated, ignored or refused, and why."""

    end: End
    reason: Name
    detail: Text
