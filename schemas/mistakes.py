"""Reads an agreement and tells every mistake in it, and what is odd: where, what is wrong, what would be right."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.agreement import Agreement
from schemas.envelope import shown
from schemas.finding import Finding
from schemas.odd import oddities
from schemas.places import Places
from schemas.sense import findings
from schemas.words import PATTERNS

UNKNOWN = "this key is unknown", "delete it, or see the comments in the default agreement"
MISSING = "this key is missing", "add it; the default agreement shows how"


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
    tree = _tree(text)
    try:
        agreement = Agreement.model_validate(tree)
    except ValidationError as error:
        raise Mistaken(_placed(text, _misshapen(tree, error.errors(include_url=False)))) from None
    mistakes = _placed(text, findings(agreement))
    if mistakes:
        raise Mistaken(mistakes)
    return agreement


def warnings(text: str, agreement: Agreement, now: datetime) -> list[Mistake]:
    """What is odd in an agreement that works, read from this text; likely a mistake, but nothing to refuse it for."""
    return _placed(text, oddities(agreement, now))


def _tree(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
        found = re.search(r"at line (\d+)", str(error))
        at_end = "at end of document" in str(error)
        line = int(found[1]) if found else text.count("\n") + 1 if at_end else 0
        raise Mistaken([Mistake(line, "", f"no TOML: {error}", "see https://toml.io for the notation")]) from None


def _placed(text: str, found: Iterable[Finding]) -> list[Mistake]:
    """The findings with their lines, in the order of the file."""
    listed = list(found)
    places = Places(text if listed else "")
    return sorted(Mistake(places.line(finding.key), *finding) for finding in listed)


def _misshapen(tree: Mapping[str, Any], errors: Iterable[ErrorDetails]) -> Iterable[Finding]:
    """What pydantic found, in our words; a value that may be of several kinds is one finding, not one a kind."""
    told: dict[str, Finding] = {}
    for error in errors:
        missing = error["type"] == "missing"
        key = ".".join(map(str, error["loc"] if missing else _within(tree, error["loc"])))
        wrong = f"{shown(error['input'])} does not fit"
        right = PATTERNS.get(error.get("ctx", {}).get("pattern", ""), error["msg"])
        if error["type"] == "model_type":
            right = "Input should be a table, like { min = 10 }"
        if missing:
            wrong, right = MISSING
        elif error["type"] == "extra_forbidden":
            wrong, right = UNKNOWN
        elif key in told:
            right = f"{told[key].right}; or: {right}"
        told[key] = Finding(key, wrong, right)
    return told.values()


def _within(tree: Any, steps: Iterable[int | str]) -> Iterable[int | str]:
    """The steps as far as they lead within the tree; pydantic adds names of its own to them."""
    for step in steps:
        try:
            tree = tree[step]
        except (LookupError, TypeError):
            return
        yield step
