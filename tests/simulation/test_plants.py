"""The simulation finds each fault that is planted in the engine."""

import re

import pytest

from tests.simulation.plants import PLANTS
from tests.simulation.test_seeds import simulate


@pytest.mark.timeout(900)
def test_each_planted_fault_is_found_within_1000_seeds() -> None:
    done = simulate("--plants", "--jobs", "2")
    assert done.returncode == 0, done.stdout
    assert not re.search(r"(Type|Name|Attribute)Error", done.stdout), f"a plant that is broken: {done.stdout}"
    assert done.stdout.count(": found by seed ") == len(PLANTS) >= 12


def test_each_planted_fault_is_described() -> None:
    assert [name for name, plant in PLANTS.items() if not plant.__doc__] == []
