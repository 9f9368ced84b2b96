"""The agreement as a document: the shape of its TOML file."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Conversion, Name, Stage
from schemas.groups import BuyingGroups, NamedScore
from schemas.rules import Fit, Interest
from schemas.words import (
    COUNTRY,
    Ceiling,
    Clock,
    Day,
    Days,
    Digit,
    Given,
    Grade,
    Letter,
    Rule,
    Section,
    Word,
    WordOrNone,
)


class Head(Section):
    """What version this is."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    """Goes up with every change; decisions are stamped with it."""
    effective_from: datetime
    """From when on it counts, with a time zone."""
    rescore: Literal["none", "fit", "all"] = "none"
    """What of a lead is judged anew when something happens to it for the first time under this version."""
    sources: Annotated[list[Word], Field(max_length=50)]
    """Sources that are counted by name; all others are `other`."""


class Definitions(Section):
    """Who counts as what."""

    lead_score: Annotated[int, Field(ge=0, le=10_000)]
    """Fit + interest from which a contact is a lead."""
    moves: Annotated[dict[Stage, Annotated[list[Stage], Field(max_length=8)]], Field(max_length=8)] = {}
    """Where sales may move a lead from a stage; of a stage that is not named they may do what is usual."""


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
    once_in_days: Annotated[dict[Literal["points", "conversion"], Days], Field(max_length=2)] = {}
    """At most one handoff of a lead in so many days: by its score or grade (`points`), and by a `conversion`."""
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
    """The grades that hand over, in place of `score` in `[handoff]`; with one of them all of more interest."""
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
    scores: Annotated[list[NamedScore], Field(max_length=50)] = []
    groups: BuyingGroups | None = None
    handoff: Handoff
    pursuit: Pursuit
    hours: Hours
    return_: Annotated[Return, Field(alias="return")]
    nurture: Nurture
    duplicates: Duplicates
