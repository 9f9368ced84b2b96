"""Faults planted on purpose, each of which a seed must find: so we know that the simulation can find anything."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.simulation.planting import patched
from tests.simulation.plants_reading import READING
from tests.simulation.plants_writing import WRITING

PLANTS = {plant.__name__: plant for plant in (*READING, *WRITING)}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Run with a fault."""
    with ExitStack() as stack:
        for patch in PLANTS[name]():
            stack.enter_context(patched(patch))
        yield
