"""Facts about points: what an activity or a profile gives, and what time takes. The others are in `fact.py`."""

from typing import Annotated

from pydantic import Field

from schemas.bounds import Count, Instant, Name, Points, Text
from schemas.written import written

Scores = Annotated[tuple[tuple[Name, Points], ...], Field(max_length=2000)]
"""`(rule, points)`, at most one for each rule that an agreement may have."""
RuleHits = Annotated[tuple[tuple[Name, Points, Name], ...], Field(max_length=2000)]
"""`(rule, points, value)`, at most one for each rule that an agreement may have."""
FitChanges = Annotated[tuple[tuple[Name, Points, Text], ...], Field(max_length=2000)]
"""`(rule, change of points, value of the profile)`; the value is empty when the rule no longer fits."""


@written
class Acted:
    """An activity was counted, with the interest points it gave, after ceilings: `(rule, points)`.

    `hits` are the rules that it met whose points depend on time: `(rule, points of the hit, value)`, the value being
    what the rule counts once for each of, empty when it counts every time.
    """

    activity: Name
    points: Scores
    detail: Text
    hits: RuleHits = ()


@written
class DayCounted:
    """What an activity with a daily ceiling has given on a day (counted from 1 January of year 1), beside its hits."""

    activity: Name
    day: Count
    points: Points


@written
class HitsSettled:
    """Hits of a rule, by their places in time from 0 on, are forgotten: they gave points for good, or count no more.

    So many `times` they gave them.
    """

    rule: Name
    places: Annotated[tuple[Count, ...], Field(max_length=1000)]
    points: Points
    times: Count = 1


@written
class Rated:
    """What interest adds up to as of an instant (ms since the epoch); told when time or ceilings changed it."""

    interest: Points
    as_of: Instant


@written
class LookPlanned:
    """When to look again if nothing happens, because time alone will change what the score means; None for never."""

    at: Instant | None


@written
class InterestReset:
    """The lead begins again without points of interest; it had so many."""

    interest: Points


@written
class InterestRescored:
    """A new version judges anew what was given: the change of points by rule, and what a hit of a rule now gives."""

    points: Scores
    hits: Scores


@written
class Profiled:
    """The profile changed: what was told anew, and the change of the fit points by rule."""

    told: Annotated[dict[Name, Name | Count], Field(max_length=50)]
    points: FitChanges


@written
class Excluded:
    """The lead is never handed over, because of an exclusion of this name; empty when none holds any more."""

    by: Name
