"""What we write often: contracts that are frozen for the type checker alone, and so made and written quickly."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def written(contract: type[T]) -> type[T]:
    """A dataclass that nobody changes, without the price of making sure of it.

    Python sets each field of a frozen dataclass by a call, and `orjson` reads the fields of a slotted one by their
    names. Without either it takes a third of the time, which counts when a few are made for each event.
    """
    return dataclass(unsafe_hash=True)(contract)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def written_by_name(contract: type[T]) -> type[T]:
    """The same, each field given by its name."""
    return dataclass(unsafe_hash=True, kw_only=True)(contract)
