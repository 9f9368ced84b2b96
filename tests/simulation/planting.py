"""Puts a fault in the place of something that is right."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Patch(NamedTuple):
    """What takes the place of an attribute; it is made of what was there."""

    owner: Any
    name: str
    make: Callable[[Any], Any]


def instead(owner: Any, name: str, new: Any) -> Patch:
    return Patch(owner, name, lambda _before: new)


@contextmanager
def patched(patch: Patch) -> Iterator[None]:
    """Have the fault there for a while."""
    before = patch.owner.__dict__[patch.name]
    setattr(patch.owner, patch.name, patch.make(before))
    try:
        yield
    finally:
        setattr(patch.owner, patch.name, before)
