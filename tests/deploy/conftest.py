"""Starts one Prometheus for the tests that ask it something, and finds the programs that only some machines have."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.deploy.live import Prometheus, prometheus, split, worker


def needed(program: str) -> str:
    """The path of a program of Debian's package prometheus; without it the test is skipped."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed (Debian: apt install prometheus)")
    return path


@pytest.fixture(scope="session")
def promtool() -> str:
    """Checks and tests configurations and rules."""
    return needed("promtool")


@pytest.fixture(scope="session")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has scraped two workers, between which a lane is moving, and evaluated the rules."""
    program = needed("prometheus")
    with ExitStack() as stack:
        ports = [stack.enter_context(worker(shown)) for shown in split()]
        running = stack.enter_context(prometheus(program, tmp_path_factory.mktemp("prometheus"), ports))
        running.until('sum(up{job="leadrelay"}) == 2')
        # Rates need two values of a recorded series, and each group of rules is evaluated at a time of its own.
        for recorded in ("stage_entered", "handoffs", "messages"):
            running.until(f"min(count_over_time(lane:leadrelay_{recorded}:max[1m])) >= 3")
        running.until("count(count by (lane) (lane:leadrelay_handoffs:max)) == 3")
        yield running
