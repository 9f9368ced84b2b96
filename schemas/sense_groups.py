"""Finds what makes no sense in named scores and buying groups: names that lead nowhere, what nobody can reach."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.agreement import Agreement
from schemas.finding import Finding, one_of
from schemas.groups import BuyingGroups


def groups(agreement: Agreement, profile: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything about scores and groups; `profile` has the fields of a profile with their types."""
    names = [score.name for score in agreement.scores]
    yield from _taken("scores", names)
    most = agreement.fit.ceiling + agreement.interest.ceiling
    for number, score in enumerate(agreement.scores):
        if score.handoff > most:
            wrong = f"no lead can reach it: the ceilings add up to {most}"
            yield Finding(f"scores.{number}.handoff", wrong, "lower it")
    counted = [(f"fit.rules.{number}.score", rule.score) for number, rule in enumerate(agreement.fit.rules)]
    counted += [(f"interest.rules.{number}.score", rule.score) for number, rule in enumerate(agreement.interest.rules)]
    for key, name in counted:
        yield from one_of(key, name, ("", *names))
    if agreement.groups:
        yield from _groups(agreement.groups, names, profile)


def _taken(key: str, names: list[str]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for number, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield Finding(f"{key}.{number}.name", f"{name!r} is taken", "give each its own name")


def _groups(section: BuyingGroups, names: list[str], profile: Mapping[str, Any]) -> Iterator[Finding]:
    words = [field for field, kind in profile.items() if kind is not int]
    yield from one_of("groups.account", section.account, words)
    for number, line in enumerate(section.lines):
        yield from one_of(f"groups.lines.{number}", line, names)
    for number, role in enumerate(section.roles):
        yield from one_of(f"groups.roles.{number}.field", role.field, words)
    yield from _taken("groups.roles", [role.name for role in section.roles])
    if section.score is None and section.completeness is None:
        yield Finding("groups", "nothing hands a group over", "give score, completeness or both")
    if section.completeness is not None and not any(role.required for role in section.roles):
        yield Finding("groups.completeness", "no role is required", "add required = true to a role")
