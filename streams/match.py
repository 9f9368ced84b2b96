"""Whether an activity or a profile is what a rule asks for: the tests of a rule, compiled once."""

import re
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Any, TypeVar

from schemas.rules import Condition, FitRule, InterestRule, Wanted

T = TypeVar("T")
Test = Callable[[Any], bool]


def activity_test(rule: InterestRule) -> Test | None:
    """The test of an activity's data; None when every activity of its kind will do."""
    tests = [test for field, wanted in rule.where.items() for test in _tests(field, wanted)]
    if len(tests) < 2:  # noqa: PLR2004  none or one, without a loop for it
        return tests[0] if tests else None
    return lambda data: all(test(data) for test in tests)


def profile_test(rule: FitRule) -> Test:
    """The test of one value of the profile, None when it was never told."""
    if rule.present is not None:
        return lambda value: (value is not None) == rule.present
    if rule.one_of:
        return word_test(rule.one_of)
    low = 1 if rule.min is None else rule.min
    high = inf if rule.max is None else rule.max
    return lambda value: value is not None and low <= value <= high


def word_test(words: Sequence[str]) -> Test:
    """The test for any of these words and patterns, without case."""
    plain = frozenset(word.casefold() for word in words if "*" not in word)
    patterns = [word for word in words if "*" in word]
    if not patterns:
        return lambda value: value is not None and value.casefold() in plain
    matches = _pattern(patterns)
    return lambda value: value is not None and (value.casefold() in plain or matches(value) is not None)


def remembering(found: Callable[[Any], T], values: Callable[[Any], Any], most: int) -> Callable[[Any], T]:
    """What is found for some data: asked once for the same values; so many are remembered, then none of them."""
    known: dict[Any, T] = {}

    def find(data: Any) -> T:
        key = values(data)
        if key in known:
            return known[key]
        if len(known) >= most:
            known.clear()
        known[key] = found(data)
        return known[key]

    return find


def _tests(field: str, wanted: Wanted) -> Iterator[Test]:
    if not isinstance(wanted, Condition):
        yield _test(field, wanted)
        return
    if wanted.min is not None or wanted.max is not None:
        yield _between(field, wanted.min or 0, inf if wanted.max is None else wanted.max)
    if wanted.not_:
        yield _unlike(field, wanted.not_)
    if wanted.present is not None:
        yield _told(field, present=wanted.present)


def _between(field: str, low: int, high: float) -> Test:
    return lambda data: low <= getattr(data, field) <= high


def _unlike(field: str, words: Sequence[str]) -> Test:
    matches = _pattern(words)
    return lambda data: matches(str(getattr(data, field))) is None


def _told(field: str, *, present: bool) -> Test:
    return lambda data: bool(getattr(data, field)) == present


def _test(field: str, wanted: str | float | bool | list[str]) -> Test:  # noqa: FBT001  a value of the file
    """Whether the field is the wanted value; texts are compared without case, `*` stands for any text."""
    if isinstance(wanted, int | float):
        return lambda data: getattr(data, field) == wanted
    words = [wanted] if isinstance(wanted, str) else wanted
    matches = _pattern(words)
    piece = words[0].lower()[1:-1]
    if [f"*{piece}*"] == [word.lower() for word in words] and "*" not in piece and piece.isascii():
        return _has(field, piece, matches)
    return lambda data: matches(str(getattr(data, field))) is not None


def _pattern(words: Sequence[str]) -> Callable[[str], object]:
    pattern = "|".join(".*".join(re.escape(piece) for piece in word.split("*")) for word in words)
    return re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch


def _has(field: str, piece: str, matches: Callable[[str], object]) -> Test:
    """What most patterns ask for: a piece of plain letters, which is found in a third of the time."""

    def test(data: Any) -> bool:
        text = str(getattr(data, field))
        return piece in text.lower() if text.isascii() else matches(text) is not None

    return test
