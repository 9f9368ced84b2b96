"""What we write to a lead's own lane, so that time is part of the log: the contracts of `leads.letter.v1`."""

from dataclasses import dataclass
from typing import Literal

from schemas.bounds import Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A deadline of this lead has come; the event's time is the deadline itself."""

    deadline: Literal["response", "score"]
    """What ends: the time to respond, or a score that time alone changes."""
    handoff: Count
    """Which handoff of this lead the deadline belongs to, counted from 1; 0 before the first."""
