"""A lead's grade, a letter for fit and a number for interest, and its rating from 0 to 100, with their names."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isqrt
from typing import NamedTuple

from schemas.agreement import Grid as GridSection
from schemas.agreement import Rating as RatingSection

BEST = 100
Steps = Sequence[tuple[int, str]]
"""From how many points on a mark is given, the highest first."""


class Marks(NamedTuple):
    """The marks of one side, the lowest first, and from how many points on each but the lowest is given."""

    names: Sequence[str]
    least: Sequence[int]

    def of(self, points: int) -> str:
        """The mark of so many points."""
        return self.names[bisect_right(self.least, points)]


@dataclass(frozen=True, slots=True)
class Grid:
    """Marks by fit and by interest; `handoff` are the grades that hand over.

    `needed` says from how much interest on a lead is handed over, for each mark of fit.
    """

    fit: Marks
    interest: Marks
    handoff: frozenset[str]
    needed: Sequence[float]
    names: Mapping[str, str]

    def grade(self, fit: int, interest: int) -> str:
        """The grade of so much fit and interest."""
        return self.fit.of(fit) + self.interest.of(interest)

    def hands_over(self, fit: int, interest: int) -> bool:
        """Whether the grade of so much fit and interest hands over; then it does with more interest too."""
        return interest >= self.needed[bisect_right(self.fit.least, fit)]


@dataclass(frozen=True, slots=True)
class Rating:
    """The scale of scores: `best` is rated 100."""

    best: int
    rooted: bool
    names: Steps

    def of(self, score: int) -> int:
        """The rating of a score, rounded down."""
        within = max(0, min(score, self.best))
        return isqrt(within * BEST * BEST // self.best) if self.rooted else within * BEST // self.best

    def name(self, rating: int) -> str:
        """What this rating is called; empty for nothing."""
        return next((name for least, name in self.names if rating >= least), "")


def grid(section: GridSection) -> Grid:
    """Compile a grid."""
    fit, interest, handoff = _marks(section.fit), _marks(section.interest), frozenset(section.handoff)
    return Grid(fit, interest, handoff, [_needed(letter, interest, handoff) for letter in fit.names], section.names)


def _needed(letter: str, interest: Marks, handoff: frozenset[str]) -> float:
    least = zip(interest.names, [-inf, *interest.least], strict=True)
    return next((points for digit, points in least if letter + digit in handoff), inf)


def rating(section: RatingSection) -> Rating:
    """Compile a scale."""
    return Rating(section.best, section.scale == "square_root", _steps(section.names))


def _steps(marks: Mapping[str, int]) -> Steps:
    return sorted(((least, mark) for mark, least in marks.items()), reverse=True)


def _marks(marks: Mapping[str, int]) -> Marks:
    lowest, *others = reversed(_steps(marks))
    return Marks([lowest[1], *(mark for _, mark in others)], [least for least, _ in others])
