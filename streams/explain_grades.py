"""Says in plain sentences who is excluded, what a grade is, and what a rating is."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.agreement import Exclusion, Grid, Rating
from streams.wording import Clause, Sentence, counted, number, plain, quoted, said

SCALES: Mapping[str, str] = {
    "linear": "the rating grows evenly with the score",
    "square_root": "the rating grows with the square root of the score: low ones are spread, high ones drawn together",
}


def exclusions(section: Sequence[Exclusion]) -> Iterator[Sentence]:
    """Who is never handed over."""
    for each in section:
        like = " like" if any("*" in word for word in each.one_of) else ""
        frame = f"never handed over when {plain(each.field)} is{like} {{}}"
        scored = "but given points all the same" if each.scored else "and given no points"
        clauses = (Clause("one_of", frame, quoted(each.one_of), "or"), Clause("scored", scored, before=", "))
        yield Sentence(each.name, each.name, clauses)


def grid(section: Grid | None) -> Iterator[Sentence]:
    """The letter of fit and the number of interest."""
    if section is None:
        return
    for side, marks in (("fit", section.fit), ("interest", section.interest)):
        ordered = sorted(marks.items(), key=lambda mark: -mark[1])
        clauses = [
            Clause(mark, f"{mark} from {{}} on", (counted(least, "point"),), before=", ") for mark, least in ordered
        ]
        below = Clause("below", "and {} also below that", (ordered[-1][0],), before=", ")
        yield Sentence(side, side, (*clauses, below))
    yield said("handoff", "handoff", "the grades that hand over are {}", *section.handoff)
    for grade, name in section.names.items():
        yield said(f"names.{grade}", grade, "is called {}", *quoted([name]))


def rating(section: Rating | None) -> Iterator[Sentence]:
    """The score from 0 to 100."""
    if section is None:
        return
    yield said("scale", "scale", SCALES[section.scale])
    yield said("best", "best", "a score of {} or more is rated 100, one of 0 or less is rated 0", number(section.best))
    for name, least in section.names.items():
        yield said(f"names.{name}", plain(name), "a rating of {} or more", number(least))
