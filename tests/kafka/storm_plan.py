"""What a storm does, and what was found after it."""

import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from agents.verify import Verdict
from schemas import topics

SESSION_S = 6.0
SETTLE_S = 2.0
"""A worker that has just opened its lanes has nothing to lose yet."""
FREEZE_S = SESSION_S + 2
START_S = 6.0


def tell(text: str) -> None:
    """Say how far a command is."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  what a command says


@dataclass
class Plan:
    """What the storm does. Seconds between two acts are drawn from [pause_min_s, pause_max_s]."""

    events: int = 60_000
    """Messages fed, and more for as long as the acts go on."""
    leads: int = 4000
    kills: int = 0
    freezes: int = 0
    joins: int = 0
    leaves: int = 0
    mixes: int = 0
    """Rounds in which every two of kill, freeze, join and leave happen at once."""
    failpoints: int = 0
    """Rounds in which a worker stops, and another dies, at each failpoint."""
    rolls: int = 0
    """Rounds in which one worker after the other is replaced by a new process of its name."""
    bounces: int = 0
    """Rounds in which the broker is ended, killed and frozen; with three nodes, the leader and the controller."""
    frozen_s: float = 30.0
    """For how long a broker is frozen."""
    nodes: int = 1
    workers: int = 2
    stable: bool = False
    seed: int = 1
    pause_min_s: float = 1.0
    pause_max_s: float = 3.0
    rate: float | None = None
    """Messages fed a second; None: so many that the feed lasts about as long as the acts."""
    lanes: int = topics.PARTITIONS
    app_id: str = "storm"
    commit_ms: int = 1
    """Transaction upon transaction."""

    @property
    def seconds(self) -> float:
        """About how long the acts take: a pause and a worker's start each, and the freezes."""
        acts = self.kills + self.freezes + self.joins + self.leaves + 6 * self.mixes
        pauses = acts * ((self.pause_min_s + self.pause_max_s) / 2 + SETTLE_S + START_S)
        freezes = (self.freezes + 3 * self.mixes) * FREEZE_S
        return pauses + freezes + 50 * self.failpoints + (60 + self.frozen_s) * self.bounces + 25 * self.rolls or 10


@dataclass
class Report:
    """What was done, and what was found."""

    fed: int = 0
    kills: int = 0
    kills_in_transaction: int = 0
    freezes: int = 0
    joins: int = 0
    leaves: int = 0
    unclean_leaves: int = 0
    slowest_leave_s: float = 0.0
    failpoints: Counter[str] = field(default_factory=Counter)
    bounces: Counter[str] = field(default_factory=Counter)
    slowest_catch_up_s: float = 0.0
    rolled: int = 0
    longest_gap_s: float = 0.0
    """For how long no transaction touched a lane in a rolling restart, though messages came in."""
    longest_wait_s: float = 0.0
    """For how long a new owner waited for the open transaction of a former one."""
    revived: dict[str, int] = field(default_factory=dict)
    """How often a worker ended by itself and was started again, by name."""
    failures: list[str] = field(default_factory=list)
    """Ends by themselves that a supervisor should not see."""
    seconds: float = 0.0
    letters: int = 0
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def equal(self) -> bool:
        """Whether nothing was lost, doubled or wrong, and nobody ended for a wrong reason."""
        whole = self.verdict.messages == self.fed + self.letters
        return self.verdict.equal and whole and not (self.failures or self.unclean_leaves)

    @property
    def done(self) -> str:
        """The acts so far, in words."""
        acts = {name: getattr(self, name) for name in ("kills", "freezes", "joins", "leaves")}
        done = [f"{number} {name}" for name, number in acts.items() if number]
        done += [f"{sum(hits.values())} {name}" for name in ("failpoints", "bounces") if (hits := getattr(self, name))]
        return ", ".join(done) or "nothing done yet"

    def shape(self) -> dict[str, Any]:
        """The command's JSON: the findings first that must be zero."""
        found, done = asdict(self.verdict) | {"letters_wrong": self.verdict.letters_wrong}, asdict(self)
        del found["letters"], done["verdict"]
        # asdict makes a counter of pairs of a counter
        done |= {"failpoints": dict(self.failpoints), "bounces": dict(self.bounces)}
        first = ("rows_wrong", "facts_wrong", "handoffs_lost", "handoffs_doubled", "counters_wrong")
        head = {name: done.pop(name) for name in ("kills", "kills_in_transaction")}
        return {**head, **{name: found.pop(name) for name in first}, **found, **done}
