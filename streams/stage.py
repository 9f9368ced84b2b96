"""The stages of a lead: the ladder of the funnel, and where the agreement moves a lead by its own rules."""

from collections.abc import Mapping

from schemas.bounds import Stage
from schemas.fact import StageMoved
from streams.row import Lead

LADDER: tuple[Stage, ...] = ("visitor", "contact", "lead", "mql", "accepted", "sql", "customer")
"""The rungs of the funnel, from the first look to the sale; `disqualified` stands beside it."""
RUNG: Mapping[Stage, int] = {stage: rung for rung, stage in enumerate(LADDER)}

MOVES: Mapping[Stage, frozenset[Stage]] = {
    "visitor": frozenset({"contact", "lead", "mql"}),
    "contact": frozenset({"lead", "mql"}),
    "lead": frozenset({"mql"}),
    "mql": frozenset({"lead"}),
    "accepted": frozenset({"lead"}),
}
"""By its own rules the agreement leads up to the MQL, and takes back what sales can't reach."""


def may_lead(from_stage: Stage, to_stage: Stage) -> bool:
    """Whether the agreement moves a lead so by its own rules."""
    return to_stage in MOVES.get(from_stage, ())


def moved(lead: Lead, to: Stage, by: str, why: str) -> StageMoved:
    """The move, with the rungs that this lead reaches for the first time; a jump reaches those between too."""
    return StageMoved(lead.stage, to, LADDER[RUNG[lead.peak] + 1 : RUNG.get(to, 0) + 1], by, why)
