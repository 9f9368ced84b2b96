"""Runs seeds one after the other, and says what came of it."""

import gc
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.judge import WrongError
from tests.simulation.plan import new_plan
from tests.simulation.plants import planted
from tests.simulation.trace import lines
from tests.simulation.world import World

COLLECT_EACH = 50
SHOWN = 40


@dataclass
class Failure:
    """A seed whose world went wrong, and the last things that happened in it."""

    seed: int
    what: str
    trace: list[str]

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}: {self.what}", *self.trace])


@dataclass
class Summary:
    """What came of many seeds.

    Attributes:
        seen: How often which thing happened that must not do any harm.
        trace: The last things of the last seed.
    """

    seeds: int = 0
    commits: int = 0
    records: int = 0
    steps: int = 0
    virtual_s: float = 0.0
    cpu_s: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add(self, other: "Summary") -> None:
        for name in ("seeds", "commits", "records", "steps", "virtual_s", "cpu_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seen += other.seen
        self.failures += other.failures

    def shape(self) -> dict[str, Any]:
        return {**vars(self), "failures": [vars(failure) for failure in self.failures]}

    @classmethod
    def of(cls, shape: dict[str, Any]) -> "Summary":
        failures = [Failure(**failure) for failure in shape["failures"]]
        return cls(**{**shape, "seen": Counter(shape["seen"]), "failures": failures})


def run_seeds(seeds: Iterable[int], plant: str | None = None, *, stop: bool = False, shown: int = SHOWN) -> Summary:
    """Run these seeds, with a planted fault perhaps; stop: at the first that fails."""
    summary, began = Summary(), time.process_time()
    gc.disable()  # in the middle of a seed it would run the `finally` blocks of killed processes
    gc.freeze()
    try:
        for seed in seeds:
            _run(seed, plant, summary, shown)
            if stop and summary.failures:
                break
            if summary.seeds % COLLECT_EACH == 0:
                gc.collect()
    finally:
        gc.unfreeze()
        gc.enable()
    summary.cpu_s = time.process_time() - began
    return summary


def _run(seed: int, plant: str | None, summary: Summary, shown: int) -> None:
    world = World(new_plan(seed), shown)
    try:
        with planted(plant) if plant else nullcontext():
            world.run()
    except WrongError as error:
        summary.failures.append(Failure(seed, str(error), lines(world.trace)))
    if shown > SHOWN:
        summary.trace = lines(world.trace)
    summary.seeds += 1
    summary.commits += world.judge.commits
    summary.records += world.judge.records
    summary.steps += world.loop.steps
    summary.virtual_s += world.virtual_s
    summary.seen += world.seen
