"""The agreement as a document: the shape of its TOML file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.bounds import Conversion, Name, Stage

Rule = Annotated[str, Field(min_length=1, max_length=60)]
WORD, WORD_OR_NONE = r"^[a-z0-9_-]+$", r"^[a-z0-9_-]*$"
CLOCK, COUNTRY = r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", r"^([A-Z]{2})?$"
LETTER, DIGIT, GRADE = r"^[A-Z]$", r"^[1-9]$", r"^[A-Z][1-9]$"
PATTERNS: Mapping[str, str] = {
    LETTER: "a letter from A to Z",
    DIGIT: "a digit from 1 to 9",
    GRADE: 'a letter and a digit, like "A1"',
    WORD: "small letters from a to z, digits, _ and -",
    WORD_OR_NONE: 'small letters from a to z, digits, _ and -, or "" for none',
    CLOCK: 'a time of day like "09:00", "24:00" at the latest',
    COUNTRY: 'a country\'s code like "DE", or "" for none',
}
"""The forms of words in the file, each as a person would say it."""
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=WORD)]
WordOrNone = Annotated[str, Field(max_length=40, pattern=WORD_OR_NONE)]
Letter = Annotated[str, Field(min_length=1, max_length=1, pattern=LETTER)]
Digit = Annotated[str, Field(min_length=1, max_length=1, pattern=DIGIT)]
Grade = Annotated[str, Field(min_length=2, max_length=2, pattern=GRADE)]
Clock = Annotated[str, Field(min_length=5, max_length=5, pattern=CLOCK)]
Given = Annotated[int, Field(ge=-1000, le=1000)]
Ceiling = Annotated[int, Field(ge=1, le=10_000)]
Groups = Annotated[dict[Word, Ceiling], Field(max_length=50)]
TIMES_MAX = 50
"""An agreement can ask whether something happened so often at most: so many hits of a lead are remembered."""
Days = Annotated[float, Field(gt=0, le=10_000)]
Size = Annotated[int, Field(ge=0, le=1_000_000_000)]
Words = Annotated[list[Name], Field(max_length=1000)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """A table of the file: unknown keys are mistakes here, because a misspelt rule would be silently dead."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


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


class Head(Section):
    """What version this is."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    """Goes up with every change; decisions are stamped with it."""
    effective_from: datetime
    """From when on it counts, with a time zone."""
    sources: Annotated[list[Word], Field(max_length=50)]
    """Sources that are counted by name; all others are `other`."""


class Definitions(Section):
    """Who counts as what."""

    lead_score: Annotated[int, Field(ge=0, le=10_000)]
    """Fit + interest from which a contact is a lead."""
    moves: Annotated[dict[Stage, Annotated[list[Stage], Field(max_length=8)]], Field(max_length=8)] = {}
    """Where sales may move a lead from a stage; of a stage that is not named they may do what is usual."""


class FitRule(Section):
    """Points for a field of the profile: one of some words or patterns, a number between two, or told at all."""

    name: Rule
    """Its name in every explanation; no two rules of a side share one."""
    group: WordOrNone = ""
    """The group whose ceiling it shares; empty for none."""
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
    rules: Annotated[list[InterestRule], Field(max_length=1000)]


class Handoff(Section):
    """When marketing hands a lead to sales."""

    score: Annotated[int, Field(ge=1, le=10_000)]
    """Fit + interest that makes an MQL."""
    fit_min: Annotated[int, Field(ge=-10_000, le=10_000)] = 0
    """But never with less fit than this."""
    interest_min: Annotated[int, Field(ge=-10_000, le=10_000)] = -10_000
    """And never with less interest than this; 1 asks for any."""
    conversions: Annotated[list[Conversion], Field(max_length=10)]
    """Who asks for one of these is handed over at once."""
    falls: Literal["nothing", "tell", "recall"] = "nothing"
    """What happens when the score of an MQL falls below `score` before sales accept it."""


class Exclusion(Section):
    """Who is never handed over, told by the profile: own staff, competitors, students."""

    name: Rule
    """Its name in every explanation."""
    field: Name
    """A field of the profile, like `email_domain`."""
    one_of: Annotated[list[Name], Field(min_length=1, max_length=1000)]
    """Any of these, without case; `*` stands for any text."""
    scored: bool = True
    """Whether they are given points all the same."""


class Grid(Section):
    """Fit and interest side by side: a letter and a number make a grade, like `A1`, and some grades hand over."""

    fit: Annotated[dict[Letter, Given], Field(min_length=1, max_length=10)]
    """Each letter with the fit from which it is given; below all of them the lowest is."""
    interest: Annotated[dict[Digit, Given], Field(min_length=1, max_length=9)]
    """Each number with the interest from which it is given; below all of them the lowest is."""
    handoff: Annotated[list[Grade], Field(min_length=1, max_length=90)]
    """The grades that hand over, in place of `score` in `[handoff]`."""
    names: Annotated[dict[Grade, Rule], Field(max_length=90)] = {}
    """What a grade is called."""


class Rating(Section):
    """The score as a number from 0 to 100, for who reads the packet; nothing is decided by it."""

    scale: Literal["linear", "square_root"]
    """`square_root` spreads low scores and draws high ones together."""
    best: Ceiling
    """The score that is rated 100; 0 and less is rated 0."""
    names: Annotated[dict[Word, Annotated[int, Field(ge=0, le=100)]], Field(max_length=20)] = {}
    """Each name with the rating from which it is given."""


class Pursuit(Section):
    """What sales owe to a lead."""

    response_hours: Annotated[float, Field(gt=0, le=1000)]
    """Working hours until the first attempt."""
    attempts_max: Annotated[int, Field(ge=1, le=1000)]
    """Attempts in a row without an answer; after the last the lead goes back."""
    grace_minutes: Annotated[int, Field(ge=0, le=10_000)]
    """Feedback may arrive so much later before a deadline counts as missed."""


class Hours(Section):
    """Working time."""

    zone: Name
    """An IANA time zone, like `Europe/Berlin`."""
    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    from_: Annotated[Clock, Field(alias="from")]
    """When work begins, like `09:00`."""
    to: Clock
    """When work ends, `24:00` at the latest."""
    holidays: Annotated[str, Field(max_length=2, pattern=COUNTRY)] = ""
    """A country whose public holidays are free, like `DE`; empty for none."""


class Return(Section):
    """How a lead goes back."""

    again_points: Annotated[int, Field(ge=1, le=10_000)]
    """So many more points, and a returned lead is handed over again."""
    interest: Literal["keep", "reset"] = "keep"
    """Whether a lead that goes back keeps its points of interest, or begins again from nothing."""
    pause_days: Annotated[float, Field(ge=0, le=10_000)] = 0
    """So long after it went back, no lead is handed over by its score or grade."""
    reasons: Annotated[dict[Word, WordOrNone], Field(max_length=100)]
    """Each reason with its nurture track, or empty; `no_answer` is given by the agreement itself."""


class Nurture(Section):
    """The tracks that marketing keep."""

    tracks: Annotated[list[Word], Field(max_length=100)]
    stages: dict[Stage, Word] = {}
    """Which stage starts which track by itself."""


class Duplicates(Section):
    """How many event ids of a lead are remembered."""

    remember: Annotated[int, Field(ge=1, le=256)]


class Agreement(Section):
    """The agreement between marketing and sales: the whole file."""

    agreement: Head
    definitions: Definitions
    fit: Fit
    interest: Interest
    exclusions: Annotated[list[Exclusion], Field(max_length=100)] = []
    grid: Grid | None = None
    rating: Rating | None = None
    handoff: Handoff
    pursuit: Pursuit
    hours: Hours
    return_: Annotated[Return, Field(alias="return")]
    nurture: Nurture
    duplicates: Duplicates
