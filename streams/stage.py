"""The stages of a lead: the ladder of the funnel, and who may move a lead from where to where."""

from collections.abc import Mapping
from typing import Literal

from schemas.bounds import Stage
from schemas.fact import StageMoved
from streams.row import Lead

LADDER: tuple[Stage, ...] = ("visitor", "contact", "lead", "mql", "accepted", "sql", "customer")
"""The rungs of the funnel, from the first look to the sale; `disqualified` stands beside it."""
RUNG: Mapping[Stage, int] = {stage: rung for rung, stage in enumerate(LADDER)}

Party = Literal["agreement", "sales"]
MOVES: Mapping[Party, Mapping[Stage, frozenset[Stage]]] = {
    # by its own rules the agreement leads up to the MQL, and takes back what sales can't reach
    "agreement": {
        "visitor": frozenset({"contact", "lead", "mql"}),
        "contact": frozenset({"lead", "mql"}),
        "lead": frozenset({"mql"}),
        "mql": frozenset({"lead"}),
        "accepted": frozenset({"lead"}),
    },
    # sales may take a lead on at any time, and win or disqualify it; a customer who left is a lead again
    "sales": {
        "visitor": frozenset({"accepted", "sql", "customer", "disqualified"}),
        "contact": frozenset({"accepted", "sql", "customer", "disqualified"}),
        "lead": frozenset({"accepted", "sql", "customer", "disqualified"}),
        "mql": frozenset({"accepted", "sql", "customer", "disqualified", "lead"}),
        "accepted": frozenset({"sql", "customer", "disqualified", "lead"}),
        "sql": frozenset({"customer", "disqualified", "lead"}),
        "customer": frozenset({"lead"}),
        "disqualified": frozenset({"lead"}),
    },
}


def may_move(party: Party, from_stage: Stage, to_stage: Stage) -> bool:
    """Whether this party may move a lead so."""
    return to_stage in MOVES[party].get(from_stage, ())


def moved(lead: Lead, to: Stage, by: str, why: str) -> StageMoved:
    """The move, with the rungs that this lead reaches for the first time; a jump reaches those between too."""
    return StageMoved(lead.stage, to, LADDER[RUNG[lead.peak] + 1 : RUNG.get(to, 0) + 1], by, why)
