"""The rules of the agreement's file: who fits, and what shows interest."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Name
from schemas.words import TIMES_MAX, Ceiling, Days, Given, Groups, Rule, Section, Size, WordOrNone, Words


class Condition(Section):
    """What a field must be, when it is no plain word or number; everything that is given must hold."""

    min: Size | None = None
    """For a number: at least this."""
    max: Size | None = None
    """For a number: at most this."""
    not_: Annotated[Words, Field(alias="not")] = []
    """For a text: none of these; `*` stands for any text."""
    present: bool | None = None
    """Whether it was told at all: a text that is not empty, a number that is not 0."""


Wanted = Name | Size | bool | Words | Condition


class FitRule(Section):
    """Points for a field of the profile: one of some words or patterns, a number between two, or told at all."""

    name: Rule
    """Its name in every explanation; no two rules of a side share one."""
    group: WordOrNone = ""
    """The group whose ceiling it shares; empty for none."""
    score: WordOrNone = ""
    """The named score that it counts for; empty for all of them."""
    field: Name
    """A field of the profile, like `seniority`."""
    one_of: Words = []
    """For a field that is a word: any of these, without case; `*` stands for any text."""
    min: Size | None = None
    """For a field that is a number: at least this."""
    max: Size | None = None
    """For a field that is a number: at most this."""
    present: bool | None = None
    """Whether the field was told at all; stands alone."""
    points: Given


class Fit(Section):
    """Is this somebody we can serve?"""

    ceiling: Ceiling
    """Fit never gives more than this."""
    groups: Groups = {}
    """The most that each group of rules gives."""
    rules: Annotated[list[FitRule], Field(max_length=1000)]


class Times(Section):
    """How often it must have happened: while it is so, the rule gives its points once."""

    min: Annotated[int, Field(ge=1, le=TIMES_MAX)] | None = None
    """At least so often."""
    max: Annotated[int, Field(ge=0, le=TIMES_MAX - 1)] | None = None
    """At most so often; 0 for "not at all within these days"."""


class Decay(Section):
    """How the points of an activity fade with its age: one of the two."""

    percent_a_month: Annotated[float, Field(gt=0, le=100)] | None = None
    """So much of the points is lost in 30 days, evenly, down to nothing."""
    half_life_days: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """After so many days half of the points are left, after as many again a quarter."""


class InterestRule(Section):
    """Points for an activity whose fields match `where`: a word, a pattern with `*`, one of several, or a condition."""

    name: Rule
    """Its name in every explanation; no two rules of a side share one."""
    group: WordOrNone = ""
    """The group whose ceiling it shares; empty for none."""
    score: WordOrNone = ""
    """The named score that it counts for; empty for all of them."""
    on: Name | Annotated[list[Name], Field(min_length=1, max_length=50)]
    """An activity, like `page_viewed`, several, or `any`."""
    where: Annotated[dict[Name, Wanted], Field(max_length=20)] = {}
    """Fields of the activity, and what each must be."""
    from_: Annotated[datetime | None, Field(alias="from")] = None
    """Only what happened from then on."""
    to: datetime | None = None
    """Only what happened before."""
    only: Literal["everybody", "returned"] = "everybody"
    """`returned`: only for leads that were with sales before and went back."""
    points: Given
    ceiling: Ceiling | None = None
    """The most that this rule gives to one lead."""
    once: bool = False
    """Counts once, as of the last time."""
    once_per: Name = ""
    """Counts once for each value of this field, like `email`."""
    at_most: Annotated[int, Field(ge=1, le=TIMES_MAX)] | None = None
    """Counts so often in each `per`, or in any `per_days`."""
    per: Literal["hour", "day", "week", "month"] | None = None
    """A period of the calendar, in the zone of `[hours]`; weeks begin on Monday."""
    per_days: Days | None = None
    """Any so many days in a row."""
    within_days: Days | None = None
    """Only what happened within the last so many days counts."""
    times: Times | None = None
    """How often it must have happened, within `within_days` if that is given."""
    decay: Decay | None = None


class Interest(Section):
    """How much does this person want to know?"""

    ceiling: Ceiling
    """Interest never gives more than this."""
    groups: Groups = {}
    """The most that each group of rules gives."""
    daily: Annotated[dict[Name, Ceiling], Field(max_length=50)] = {}
    """The most that all rules together give in a day, in the zone of `[hours]`, for an activity like `email_opened`.

    What happened first on a day counts first; what the day leaves is cut by the ceilings of groups and of interest.
    """
    rules: Annotated[list[InterestRule], Field(max_length=1000)]
