"""Finds what makes no sense in exclusions, grid and rating: grades that nobody gets, thresholds nobody reaches."""

from collections.abc import Iterator, Mapping

from schemas.agreement import Agreement, Grid
from schemas.finding import Finding, one_of


def grades(agreement: Agreement) -> Iterator[Finding]:
    """Everything about the grid, the rating and the score that hands over."""
    if agreement.grid:
        yield from _grid(agreement.grid, agreement)
    if agreement.rating:
        yield from _apart("rating.names", agreement.rating.names)
    yield from _reachable(agreement)


def _grid(grid: Grid, agreement: Agreement) -> Iterator[Finding]:
    known = [letter + digit for letter in grid.fit for digit in grid.interest]
    for side, marks, ceiling in (
        ("fit", grid.fit, agreement.fit.ceiling),
        ("interest", grid.interest, agreement.interest.ceiling),
    ):
        yield from _apart(f"grid.{side}", marks)
        for mark, least in marks.items():
            if least > ceiling:
                right = f"lower it, or raise the ceiling of {side}"
                yield Finding(f"grid.{side}.{mark}", f"nobody gets it: {side} ends at {ceiling}", right)
    for number, grade in enumerate(grid.handoff):
        yield from one_of(f"grid.handoff.{number}", grade, known)
    yield from _rising(grid)
    for grade in grid.names:
        yield from one_of(f"grid.names.{grade}", grade, known)


def _rising(grid: Grid) -> Iterator[Finding]:
    """Who is handed over must not be kept back for doing more."""
    digits = sorted(grid.interest, key=grid.interest.__getitem__)
    for number, grade in enumerate(grid.handoff):
        letter, digit = grade[0], grade[1:]
        better = [letter + more for more in digits[digits.index(digit) + 1 :]] if digit in digits else []
        missing = " and ".join(more for more in better if more not in grid.handoff)
        if missing:
            wrong = f"hands over {grade}, but not {missing}, with more interest"
            yield Finding(f"grid.handoff.{number}", wrong, f"add {missing}, or take {grade} out")


def _apart(key: str, marks: Mapping[str, int]) -> Iterator[Finding]:
    """Marks that begin at the same points overlap: only one of them is ever given."""
    first: dict[int, str] = {}
    for mark, least in marks.items():
        if least in first:
            yield Finding(f"{key}.{mark}", f"begins at {least}, as {first[least]} does", "give each its own beginning")
        first.setdefault(least, mark)


def _reachable(agreement: Agreement) -> Iterator[Finding]:
    handoff, fit, interest = agreement.handoff, agreement.fit.ceiling, agreement.interest.ceiling
    if handoff.score > fit + interest and not agreement.grid:
        yield Finding("handoff.score", f"no lead can reach it: the ceilings add up to {fit + interest}", "lower it")
    if handoff.fit_min > fit:
        yield Finding("handoff.fit_min", f"no lead can reach it: fit ends at {fit}", "lower it")
    if handoff.interest_min > interest:
        yield Finding("handoff.interest_min", f"no lead can reach it: interest ends at {interest}", "lower it")
