"""A lead's grade, a letter for fit and a number for interest, and its rating from 0 to 100, with their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

from schemas.agreement import Grid as GridSection
from schemas.agreement import Rating as RatingSection

BEST = 100
Steps = Sequence[tuple[int, str]]
"""From how many points on a mark is given, the highest first."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Marks by fit and by interest; `handoff` are the grades that hand over."""

    fit: Steps
    interest: Steps
    handoff: frozenset[str]
    names: Mapping[str, str]

    def grade(self, fit: int, interest: int) -> str:
        """The grade of so much fit and interest."""
        return _mark(self.fit, fit) + _mark(self.interest, interest)


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
    return Grid(_steps(section.fit), _steps(section.interest), frozenset(section.handoff), section.names)


def rating(section: RatingSection) -> Rating:
    """Compile a scale."""
    return Rating(section.best, section.scale == "square_root", _steps(section.names))


def _steps(marks: Mapping[str, int]) -> Steps:
    return sorted(((least, mark) for mark, least in marks.items()), reverse=True)


def _mark(steps: Steps, points: int) -> str:
    for least, mark in steps:
        if points >= least:
            return mark
    return steps[-1][1]
