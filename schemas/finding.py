"""What is wrong in an agreement of the right shape, and what would be right."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from schemas.rules import Condition, FitRule, Times


class Finding(NamedTuple):
    """What is wrong at a key, and what would be right."""

    key: str
    wrong: str
    right: str


def one_of(key: str, word: str, words: Iterable[str]) -> Iterator[Finding]:
    """A finding when the word is none of the words, with the nearest one as a proposal."""
    known = sorted(words)
    if word not in known:
        near = get_close_matches(word, known, n=1)
        right = (
            f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(filter(None, known)) or '(there are none)'}"
        )
        yield Finding(key, f"{word!r} is unknown", right)


def between(key: str, bounds: FitRule | Condition | Times) -> Iterator[Finding]:
    """A finding when no number lies between the bounds."""
    if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
        yield Finding(f"{key}.min", f"no number is at least {bounds.min} and at most {bounds.max}", "swap min and max")
