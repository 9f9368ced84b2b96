"""Times what deciding an event costs under agreements of few and of many rules: CPU of the pure code, as ratios.

    python -m tests.bench.rules [--events 8000] [--rounds 7] [--leads 800] [--json]

The same events under each agreement, one after the other in each round; the ratios are of the same round, and the
median of all rounds counts, so that what else runs on the machine matters little.
"""

import argparse
import cProfile
import pstats
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from agents.agreement import load_terms
from streams.record import Line
from streams.terms import Terms, compiled
from tests.bench.deciding import records, relaying, timed
from tests.bench.lines import say
from tests.bench.many import SOFTWARE, agreement_of

RATIO_MAX = 1.3
GOALS = (("software", "default"), ("400", "40"))
"""Which agreement is compared with which; so much more it may cost."""
SHOWN = 12


def agreements() -> dict[str, Terms]:
    """The compared agreements by name."""
    many = {str(rules): compiled(agreement_of(rules)) for rules in (40, 400)}
    return {"default": load_terms(), "software": load_terms(SOFTWARE), **many}


def measure(lines: Sequence[Line], rounds: int, compared: Mapping[str, Terms]) -> dict[str, list[float]]:
    """µs an event by agreement, for each round; every other round the other way about."""
    found: dict[str, list[float]] = {name: [] for name in compared}
    for n in range(rounds):
        for name, terms in list(compared.items())[:: -1 if n % 2 else 1]:
            found[name].append(sum(timed(relaying(terms, lines))) / len(lines) / 1000)
    return found


def ratio(found: Mapping[str, Sequence[float]], goal: tuple[str, str]) -> float:
    """What the one costs by the other: the median of the rounds."""
    more, less = goal
    return median(a / b for a, b in zip(found[more], found[less], strict=True))


def spent(lines: Sequence[Line], terms: Terms) -> dict[str, float]:
    """µs an event in each function itself, as the profiler sees it: dearer than it is, but comparable."""
    profile = cProfile.Profile()
    profile.runcall(lambda: sum(timed(relaying(terms, lines))))
    stats: Mapping[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return {_name(place): own * 1e6 / len(lines) for place, (_, _, own, _, _) in stats.items()}


def _name(place: tuple[str, int, str]) -> str:
    file, line, function = place
    return f"{Path(file).stem}:{line} {function}" if line else function


def dearer(lines: Sequence[Line], more: Terms, less: Terms) -> Iterator[tuple[str, float]]:
    """The functions in which the one spends more than the other, and how much more (µs an event)."""
    ours, theirs = spent(lines, more), spent(lines, less)
    difference = {name: us - theirs.get(name, 0) for name, us in ours.items()}
    yield from sorted(difference.items(), key=lambda each: -each[1])[:SHOWN]


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=8000)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--leads", type=int, default=800)
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    lines, compared = records(chosen.events, chosen.leads, unlike=False), agreements()
    found = measure(lines, chosen.rounds, compared)
    ratios = {f"{more} by {less}": ratio(found, (more, less)) for more, less in GOALS}
    if chosen.json:
        say({"us": {name: median(us) for name, us in found.items()}, "ratios": ratios})
        return
    for name, us in found.items():
        print(f"{name:9} {median(us):8.2f} µs an event")  # noqa: T201
    for (more, less), (name, is_now) in zip(GOALS, ratios.items(), strict=True):
        print(f"{name}: {is_now:.2f}, goal {RATIO_MAX}")  # noqa: T201
        if is_now > RATIO_MAX:
            for function, us in dearer(lines, compared[more], compared[less]):
                print(f"  {us:+8.2f} µs  {function}")  # noqa: T201


if __name__ == "__main__":
    main()
