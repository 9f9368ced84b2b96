"""Of what the agreement's file is made: tables, words, points, days, each with its bounds and its form."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.bounds import Name

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
