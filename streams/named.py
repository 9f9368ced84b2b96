"""Scores by name: each adds up the rules of its name and those of none, within the same ceilings.

Ceilings of groups and of interest cut each score by itself (`streams.rating`); a day is shared by all scores, in
order of time (`streams.daily`).
"""

from collections.abc import Iterator

from streams.rating import as_of, interest_at
from streams.row import Lead
from streams.terms import NamedTerm, Terms


def interest_of(lead: Lead, terms: Terms, name: str, at: int | None = None) -> int:
    """What interest adds up to for the score of this name; now, or at an instant."""
    return interest_at(lead, terms, as_of(lead) if at is None else at, terms.named[name].others)


def fit_of(lead: Lead, named: NamedTerm) -> int:
    """The fit of a score."""
    return sum(points for rule, points, *_ in lead.fits if rule not in named.others_of_fit)


def scores(lead: Lead, terms: Terms) -> dict[str, int]:
    """Fit plus interest of each score that has a name."""
    return {name: fit_of(lead, named) + interest_of(lead, terms, name) for name, named in terms.named.items()}


def reached(lead: Lead, terms: Terms, at: int) -> Iterator[str]:
    """The scores that are high enough for a handoff then."""
    for name, named in terms.named.items():
        fit, interest = fit_of(lead, named), interest_of(lead, terms, name, at)
        enough = fit >= terms.fit_min and interest >= terms.interest_min
        if enough and fit + interest >= max(named.handoff, lead.again_at):
            yield name
