"""Reads an agreement and tells every mistake in it: where, what is wrong, and what would be right."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from schemas.activity import Activity, ProfileGiven
from schemas.agreement import Agreement, FitRule, InterestRule
from schemas.codec import KINDS

NUMBERS = ("company_size",)
"""Fields of a profile that are numbers."""
PROFILE = tuple(field.name for field in fields(ProfileGiven) if field.name not in {"source", "campaign"})
ACTIVITIES: Mapping[str, tuple[str, ...]] = {
    kind.name: tuple(field.name for field in fields(kind.contract))
    for kind in KINDS
    if issubclass(kind.contract, Activity)
}


class Mistake(NamedTuple):
    """One mistake: its line (0 when only the key is known), its key, what is wrong, what would be right."""

    line: int
    key: str
    wrong: str
    right: str


class Mistaken(Exception):  # noqa: N818  the exception is the list of mistakes
    """A file that can't be an agreement, with every mistake that was found."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


def parse(text: str) -> Agreement:
    """Read an agreement.

    Raises:
        Mistaken: With all mistakes of the first step that found any: TOML, then shape, then sense.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise Mistaken([Mistake(line, "", f"no TOML: {error}", "see https://toml.io for the notation")]) from None
    try:
        agreement = Agreement.model_validate(tree)
    except ValidationError as error:
        raise Mistaken([_shape(mistake) for mistake in error.errors(include_url=False)]) from None
    mistakes = [*_fit(agreement), *_interest(agreement), *_names(agreement), *_times(agreement), *_nurture(agreement)]
    if mistakes:
        raise Mistaken(mistakes)
    return agreement


def _shape(mistake: Mapping[str, Any]) -> Mistake:
    """A mistake of pydantic's in our words."""
    key = ".".join(str(step) for step in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        return Mistake(0, key, "this key is unknown", "delete it, or see the comments in the default agreement")
    if mistake["type"] == "missing":
        return Mistake(0, key, "this key is missing", "add it; the default agreement shows how")
    return Mistake(0, key, f"{mistake['input']!r:.60} does not fit", mistake["msg"])


def _one_of(key: str, word: str, words: Iterable[str]) -> Iterator[Mistake]:
    """A mistake when the word is none of the words, with the nearest one as a proposal."""
    known = sorted(words)
    if word not in known:
        near = get_close_matches(word, known, n=1)
        right = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(known) or '(there are none)'}"
        yield Mistake(0, key, f"{word!r} is unknown", right)


def _fit(agreement: Agreement) -> Iterator[Mistake]:
    for number, rule in enumerate(agreement.fit.rules):
        key = f"fit.rules.{number}"
        yield from _one_of(f"{key}.field", rule.field, PROFILE)
        if rule.group:
            yield from _one_of(f"{key}.group", rule.group, agreement.fit.groups)
        yield from _condition(key, rule)


def _condition(key: str, rule: FitRule) -> Iterator[Mistake]:
    ranged = rule.min is not None or rule.max is not None
    if rule.field in NUMBERS and (rule.one_of or not ranged):
        yield Mistake(0, key, f"{rule.field} is a number", "give min, max or both")
    if rule.field not in NUMBERS and (ranged or not rule.one_of):
        yield Mistake(0, key, f"{rule.field} is a word", "give one_of with at least one word")
    if rule.min is not None and rule.max is not None and rule.min > rule.max:
        yield Mistake(0, key, f"no number is at least {rule.min} and at most {rule.max}", "swap min and max")


def _interest(agreement: Agreement) -> Iterator[Mistake]:
    for number, rule in enumerate(agreement.interest.rules):
        key = f"interest.rules.{number}"
        yield from _one_of(f"{key}.on", rule.on, ACTIVITIES)
        if rule.group:
            yield from _one_of(f"{key}.group", rule.group, agreement.interest.groups)
        for field in rule.where if rule.on in ACTIVITIES else ():
            yield from _one_of(f"{key}.where.{field}", field, ACTIVITIES[rule.on])
        yield from _ceiling(key, rule)


def _ceiling(key: str, rule: InterestRule) -> Iterator[Mistake]:
    if rule.ceiling is not None and rule.ceiling < rule.points:
        yield Mistake(0, f"{key}.ceiling", f"below the rule's own {rule.points} points", "raise the ceiling")


def _names(agreement: Agreement) -> Iterator[Mistake]:
    for side, rules in (("fit", agreement.fit.rules), ("interest", agreement.interest.rules)):
        for name, times in Counter(rule.name for rule in rules).items():
            if times > 1:
                yield Mistake(0, f"{side}.rules", f"{times} rules are named {name!r}", "give each rule its own name")


def _times(agreement: Agreement) -> Iterator[Mistake]:
    hours, head = agreement.hours, agreement.agreement
    if hours.from_ >= hours.to:
        yield Mistake(
            0, "hours.to", f"work ends at {hours.to} but begins at {hours.from_}", "let it end later that day"
        )
    try:
        ZoneInfo(hours.zone)
    except (ValueError, OSError, LookupError):
        yield Mistake(0, "hours.zone", f"{hours.zone!r} is no time zone", "a name like 'Europe/Berlin'")
    if head.effective_from.tzinfo is None:
        yield Mistake(0, "agreement.effective_from", "has no time zone", "write it like 2026-01-01T00:00:00Z")


def _nurture(agreement: Agreement) -> Iterator[Mistake]:
    tracks = agreement.nurture.tracks
    for reason, track in agreement.return_.reasons.items():
        if track:
            yield from _one_of(f"return.reasons.{reason}", track, tracks)
    for stage, track in agreement.nurture.stages.items():
        yield from _one_of(f"nurture.stages.{stage}", track, tracks)
    if "no_answer" not in agreement.return_.reasons:
        yield Mistake(0, "return.reasons", "no_answer is missing", 'add no_answer = "" or with a track')
    best = agreement.fit.ceiling + agreement.interest.ceiling
    if agreement.handoff.score > best:
        yield Mistake(0, "handoff.score", f"no lead can reach it: the ceilings add up to {best}", "lower it")
