"""Facts about who a lead is: a visitor gets a name, a history goes to another row, and joins what is known there."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Id, Name, Stage
from schemas.written import written

HISTORY_LENGTH_MAX = 700_000
Folded = Annotated[str, Field(min_length=1, max_length=HISTORY_LENGTH_MAX, pattern=r"^[A-Za-z0-9+/=]+$")]
"""A lead's row, compressed with zlib and written in base 64."""
Reason = Literal["identified", "merged"]
"""Why two ids are one lead: the visitor told who it is, or somebody said so of two leads that were known."""


@written
class Identified:
    """The visitor has a name."""

    known_as: Id


@written
class Transferred:
    """The lead's history goes to the row of another id, and so does everything that is told of this one from now on."""

    to: Id
    why: Reason
    by: Name
    stage: Stage
    history: Folded


@written
class Joined:
    """The history of another id became part of this lead's; `from_stage` is empty when nothing was known of this one.

    The stage is that of both together. What the ceilings take off, and what follows, is told by the next facts.
    """

    former: Id
    why: Reason
    from_stage: Stage | Literal[""]
    stage: Stage
    history: Folded
