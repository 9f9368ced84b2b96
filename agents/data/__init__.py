"""Carries the data of a real telephone campaign, so that the demo shows real input wherever it is installed."""

import bz2
from collections.abc import Iterator
from importlib.resources import files


def campaign_lines() -> Iterator[str]:
    """The lines of `bank-full.csv`, the header first, without line ends."""
    with files(__name__).joinpath("bank-full.csv.bz2").open("rb") as packed, bz2.open(packed, "rt") as unpacked:
        for line in unpacked:
            yield line.rstrip("\n")
