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
        running.until("count(lane:leadrelay_handoffs:max) >= 6")  # three lanes, two triggers
        running.until("leadrelay:messages:rate5m")
        yield running
