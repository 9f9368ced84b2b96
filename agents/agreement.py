"""Reads the agreement's file and tells what is wrong or odd in it before anything starts; writes one to begin with."""

import re
from datetime import datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from agents.errors import LeadrelayError
from schemas.agreement import Agreement
from schemas.mistakes import Mistake, Mistaken, parse, warnings
from streams.terms import Terms, compiled


class Loaded(NamedTuple):
    """An agreement as it is written, as it is read, and as it is decided by."""

    text: str
    agreement: Agreement
    terms: Terms


def load_terms(path: Path | None = None) -> Terms:
    """The terms of this file, or of the agreement that leadrelay brings.

    Raises:
        LeadrelayError: The file can't be read, or is wrong; the detail has one line for each mistake.
    """
    return load(path).terms


def load_agreement(path: Path) -> Agreement:
    """The agreement of this file, as it is written; errors as those of `load_terms`."""
    return load(path).agreement


def load(path: Path | None) -> Loaded:
    """An agreement with its text, read once; errors as those of `load_terms`."""
    try:
        text = _text(path)
        agreement = parse(text)
        return Loaded(text, agreement, compiled(agreement))
    except (OSError, UnicodeDecodeError) as error:
        raise LeadrelayError("the agreement can't be read", str(error), "Give the path of a TOML file.") from None
    except Mistaken as mistaken:
        lines = "\n".join(f"  {told(mistake)}" for mistake in mistaken.mistakes)
        count = len(mistaken.mistakes)
        raise LeadrelayError(
            f"the agreement {path or 'that leadrelay brings'} has {count} mistake{'s' * (count > 1)}",
            f"\n{lines}\n",
            "Correct them and check again with `leadrelay agreement check FILE`.",
            exit_code=2,
        ) from None


def odd(loaded: Loaded, now: datetime) -> list[Mistake]:
    """What is odd in an agreement that works, as of now."""
    return warnings(loaded.text, loaded.agreement, now)


def _text(path: Path | None) -> str:
    if path is None:
        return (files("schemas") / "agreement.toml").read_text("utf-8")
    return path.read_text("utf-8")


def write_new(path: Path, now: datetime) -> datetime:
    """Write the agreement that leadrelay brings into a new file, in force from the next midnight after `now`.

    Returns:
        That midnight, in the zone of `now`, which is UTC.

    Raises:
        LeadrelayError: There is such a file already, or it can't be written.
    """
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    text = re.sub(r"(?m)^effective_from = \S+", f"effective_from = {midnight:%Y-%m-%dT%H:%M:%SZ}", _text(None))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        remedy = "give the path of a new file, or delete that one first"
        raise LeadrelayError("the new agreement is not written", f"{path} is there already", remedy) from None
    except OSError as error:
        remedy = "give a path that can be written"
        raise LeadrelayError("the new agreement can't be written", str(error), remedy) from None
    return midnight


def told(mistake: Mistake) -> str:
    """A mistake in one line: where, what is wrong, what would be right."""
    place = ", ".join(filter(None, (f"line {mistake.line}" if mistake.line else "", mistake.key)))
    return f"{place}: {mistake.wrong}; {mistake.right}"
