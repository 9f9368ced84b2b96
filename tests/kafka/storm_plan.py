"""What a storm does, and what was found after it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from agents.verify import Verdict
from schemas import topics

SESSION_S = 6.0
SETTLE_S = 2.0
"""A worker that has just opened its lanes has nothing to lose yet."""


@dataclass
class Plan:
    """What the storm does. Seconds between two acts are drawn from [pause_min_s, pause_max_s]."""

    events: int = 60_000
    leads: int = 4000
    kills: int = 4
    freezes: int = 1
    joins: int = 1
    leaves: int = 1
    workers: int = 2
    stable: bool = False
    seed: int = 1
    pause_min_s: float = 1.0
    pause_max_s: float = 3.0
    rate: float | None = None
    """Messages fed a second; None: so many that the feed lasts as long as the acts."""
    lanes: int = topics.PARTITIONS
    app_id: str = "storm"

    @property
    def seconds(self) -> float:
        """About how long the acts take: a pause and a worker's start each, and the freezes."""
        acts = self.kills + self.freezes + self.joins + self.leaves
        return acts * ((self.pause_min_s + self.pause_max_s) / 2 + SETTLE_S + 3) + self.freezes * (SESSION_S + 3)


@dataclass
class Report:
    """What was done, and what was found."""

    kills: int = 0
    kills_in_transaction: int = 0
    freezes: int = 0
    joins: int = 0
    leaves: int = 0
    unclean_leaves: int = 0
    slowest_leave_s: float = 0.0
    seconds: float = 0.0
    letters: int = 0
    verdict: Verdict = field(default_factory=Verdict)

    def shape(self) -> dict[str, Any]:
        """The command's JSON: the findings first that must be zero."""
        found, done = asdict(self.verdict), asdict(self)
        del done["verdict"]
        first = ("rows_wrong", "facts_wrong", "handoffs_lost", "handoffs_doubled", "counters_wrong")
        head = {name: done.pop(name) for name in ("kills", "kills_in_transaction")}
        return {**head, **{name: found.pop(name) for name in first}, **found, **done}
