"""Finds what is odd in an agreement that works: what says nothing, comes to nothing, or is likely a slip."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from schemas.agreement import Agreement, Exclusion
from schemas.finding import Finding
from schemas.odd_reach import reach
from schemas.odd_rules import rules

FAR = timedelta(days=366)
NOBODY = '"" meets nobody: what was not told has no value'


def oddities(agreement: Agreement, now: datetime) -> Iterator[Finding]:
    """Everything that is odd as of now, section by section."""
    if agreement.agreement.effective_from > now + FAR:
        yield Finding("agreement.effective_from", "is more than a year away", "look whether the year is right")
    yield from _moves(agreement)
    yield from rules(agreement)
    yield from _groups(agreement)
    yield from _exclusions(agreement.exclusions)
    yield from _excluded(agreement)
    yield from reach(agreement)


def _moves(agreement: Agreement) -> Iterator[Finding]:
    for stage, to in agreement.definitions.moves.items():
        if stage in to:
            yield Finding(f"definitions.moves.{stage}", f"a {stage} is a {stage} already", "leave it out")


def _groups(agreement: Agreement) -> Iterator[Finding]:
    for side, section in (("fit", agreement.fit), ("interest", agreement.interest)):
        used = {rule.group for rule in section.rules}
        for group, ceiling in section.groups.items():
            key = f"{side}.groups.{group}"
            if group not in used:
                yield Finding(key, "no rule is in this group", "delete it, or name it in a rule")
            elif ceiling > section.ceiling:
                yield Finding(key, f"never reached: {side} ends at {section.ceiling}", "lower it")


def _exclusions(exclusions: Sequence[Exclusion]) -> Iterator[Finding]:
    """The first exclusion that holds is the one that counts."""
    for number, exclusion in enumerate(exclusions):
        key = f"exclusions.{number}"
        if "" in exclusion.one_of:
            yield Finding(f"{key}.one_of", NOBODY, "leave it out")
        first = _covering(exclusions[:number], exclusion.field, exclusion.one_of)
        if first:
            yield Finding(key, f"never holds: {first!r} holds before it for the same", "delete it, or put it before")


def _excluded(agreement: Agreement) -> Iterator[Finding]:
    for number, rule in enumerate(agreement.fit.rules):
        key = f"fit.rules.{number}"
        if "" in rule.one_of:
            right = "leave it out, or ask with present = false in a rule of its own"
            yield Finding(f"{key}.one_of", NOBODY, right)
        name = _covering(agreement.exclusions, rule.field, rule.one_of)
        if name:
            right = "delete the rule, or let the exclusion be narrower"
            yield Finding(key, f"comes to nothing: whom it meets is excluded by {name!r}", right)


def _covering(exclusions: Sequence[Exclusion], field: str, words: Sequence[str]) -> str:
    """The exclusion that holds for all of these words and patterns; empty for none."""
    for each in exclusions:
        if words and each.field == field and all(any(_covers(other, word) for other in each.one_of) for word in words):
            return each.name
    return ""


def _covers(wide: str, word: str) -> bool:
    """Whether the wide pattern holds whenever the word, or other pattern, does."""
    pattern = ".*".join(re.escape(piece) for piece in wide.casefold().split("*"))
    return re.fullmatch(pattern, word.casefold(), re.DOTALL) is not None
