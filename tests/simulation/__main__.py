"""The command: `python -m tests.simulation --seeds 100000 --jobs 2`, or one seed with its trace, or planted faults."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.simulation.plants import PLANTS
from tests.simulation.run import SHOWN, Failure, Summary, run_seeds

ROOT = Path(__file__).parents[2]
CHUNK = 500
PLANT_SEEDS = 1000
WHOLE = 100_000


def main() -> int:
    """Run what was asked for; the answer is the exit code, and what is printed."""
    asked = _asked()
    if asked.here:
        seeds = range(asked.start, asked.start + asked.seeds)
        say(json.dumps(run_seeds(seeds, asked.plant, stop=asked.plant is not None).shape()))
        return 0
    if asked.plants:
        return _all_plants(asked.jobs)
    if asked.seed is not None:
        summary = run_seeds([asked.seed], asked.plant, shown=WHOLE if asked.trace else SHOWN)
        if asked.trace and not summary.failures:
            say("\n".join(summary.trace))
        _show(summary, 0.0, asked.plant)
        return 1 if summary.failures else 0
    began, summary = time.monotonic(), Summary()
    for part in _chunks(asked.start, asked.seeds, asked.plant, asked.jobs):
        summary.add(part)
        for failure in part.failures if not asked.json else ():
            _tell(failure, asked.plant)
    if asked.json:
        say(json.dumps(summary.shape()))
    else:
        _show(summary, time.monotonic() - began, None)
    return 1 if summary.failures else 0


def say(what: object) -> None:
    print(what, flush=True)  # noqa: T201  the command's answer


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first one")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="with everything that happens in it")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="with this fault planted; stop at the first find")
    parser.add_argument("--plants", action="store_true", help="each planted fault, until it is found")
    parser.add_argument("--json", action="store_true", help="say what came of it as JSON")
    parser.add_argument("--here", action="store_true", help="in this process alone, as JSON")
    return parser.parse_args()


def _all_plants(jobs: int) -> int:
    """Look for each fault, and say how many seeds that took."""

    def look(name: str) -> tuple[str, Summary]:
        return name, _child(0, PLANT_SEEDS, name)

    missed = 0
    with ThreadPoolExecutor(jobs) as pool:
        for name, summary in pool.map(look, PLANTS):
            found = summary.failures[0] if summary.failures else None
            say(f"{name}: " + (f"found by seed {found.seed}: {found.what[:80]}" if found else "NOT FOUND"))
            missed += found is None
    return 1 if missed else 0


def _chunks(start: int, seeds: int, plant: str | None, jobs: int) -> Iterator[Summary]:
    """Run seeds in processes of their own: what a seed leaves behind goes with them."""
    firsts = range(start, start + seeds, CHUNK)
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda first: _child(first, min(CHUNK, start + seeds - first), plant), firsts)


def _child(first: int, seeds: int, plant: str | None) -> Summary:
    command = [sys.executable, "-m", "tests.simulation", "--here", "--from", str(first), "--seeds", str(seeds)]
    if plant:
        command += ["--plant", plant]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Summary.of(json.loads(done.stdout))


def _tell(failure: Failure, plant: str | None) -> None:
    say(failure)
    more = f" --plant {plant}" if plant else ""
    say(f"replay: python -m tests.simulation --seed {failure.seed} --trace{more}\n")


def _show(summary: Summary, seconds: float, plant: str | None) -> None:
    for failure in summary.failures if not seconds else ():
        _tell(failure, plant)
    rate = f", {summary.seeds / seconds:.0f} seeds/s" if seconds else ""
    say(
        f"{summary.seeds} seeds, {len(summary.failures)} wrong: {summary.commits} transactions, "
        f"{summary.records} records, {summary.virtual_s:.0f} s of virtual time, {summary.cpu_s:.1f} s of CPU{rate}"
    )
    say(", ".join(f"{what} {count}" for what, count in sorted(summary.seen.items())))


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets of strings is part of what a seed decides
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])  # noqa: S606  this again
    sys.exit(main())
