"""The agreement as a document: the shape of its TOML file."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.bounds import Conversion, Stage

Rule = Annotated[str, Field(min_length=1, max_length=60)]
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]
Track = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_-]*$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Given = Annotated[int, Field(ge=-1000, le=1000)]
Ceiling = Annotated[int, Field(ge=1, le=10_000)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """A table of the file: unknown keys are mistakes here, because a misspelt rule would be silently dead."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Head(Section):
    """What version this is."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    effective_from: datetime
    sources: Annotated[list[Word], Field(max_length=50)]


class Definitions(Section):
    """Who counts as what."""

    lead_score: Annotated[int, Field(ge=0, le=10_000)]


class FitRule(Section):
    """Points for a field of the profile: one of some words (without case), or a number between two."""

    name: Rule
    group: str = ""
    field: str
    one_of: Annotated[list[str], Field(max_length=1000)] = []
    min: int | None = None
    max: int | None = None
    points: Given


class Fit(Section):
    """Is this somebody we can serve?"""

    ceiling: Ceiling
    groups: dict[Word, Ceiling] = {}
    rules: Annotated[list[FitRule], Field(max_length=1000)]


class InterestRule(Section):
    """Points for an activity whose fields match `where`: a word, a pattern with `*`, or one of several."""

    name: Rule
    group: str = ""
    on: str
    where: dict[str, str | int | bool | list[str]] = {}
    points: Given
    ceiling: Ceiling | None = None


class Interest(Section):
    """How much does this person want to know?"""

    ceiling: Ceiling
    groups: dict[Word, Ceiling] = {}
    rules: Annotated[list[InterestRule], Field(max_length=1000)]


class Handoff(Section):
    """When marketing hands a lead to sales."""

    score: Annotated[int, Field(ge=1, le=10_000)]
    fit_min: Annotated[int, Field(ge=-10_000, le=10_000)] = 0
    conversions: list[Conversion]


class Pursuit(Section):
    """What sales owe to a lead."""

    response_hours: Annotated[float, Field(gt=0, le=1000, strict=False)]
    attempts_max: Annotated[int, Field(ge=1, le=1000)]
    grace_minutes: Annotated[int, Field(ge=0, le=10_000)]


class Hours(Section):
    """Working time."""

    zone: str
    days: Annotated[list[Day], Field(min_length=1)]
    from_: Annotated[Clock, Field(alias="from")]
    to: Clock
    holidays: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""


class Return(Section):
    """How a lead goes back."""

    again_points: Annotated[int, Field(ge=1, le=10_000)]
    reasons: Annotated[dict[Word, Track], Field(max_length=100)]


class Nurture(Section):
    """The tracks that marketing keep."""

    tracks: Annotated[list[Word], Field(max_length=100)]
    stages: dict[Stage, Word] = {}


class Duplicates(Section):
    """How many event ids of a lead are remembered."""

    remember: Annotated[int, Field(ge=1, le=256)]


class Agreement(Section):
    """The whole file."""

    agreement: Head
    definitions: Definitions
    fit: Fit
    interest: Interest
    handoff: Handoff
    pursuit: Pursuit
    hours: Hours
    return_: Annotated[Return, Field(alias="return")]
    nurture: Nurture
    duplicates: Duplicates
