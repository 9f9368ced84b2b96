"""Reads the agreement's file, and tells every mistake in it before anything starts."""

from importlib.resources import files
from pathlib import Path

from agents.errors import LeadrelayError
from schemas.mistakes import Mistake, Mistaken, parse
from streams.terms import Terms, compiled


def load_terms(path: Path | None = None) -> Terms:
    """The terms of this file, or of the agreement that leadrelay brings.

    Raises:
        LeadrelayError: The file can't be read, or is wrong; the detail has one line for each mistake.
    """
    try:
        return compiled(parse(_text(path)))
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


def _text(path: Path | None) -> str:
    if path is None:
        return (files("schemas") / "agreement.toml").read_text("utf-8")
    return path.read_text("utf-8")


def told(mistake: Mistake) -> str:
    """A mistake in one line: where, what is wrong, what would be right."""
    place = ", ".join(filter(None, (f"line {mistake.line}" if mistake.line else "", mistake.key)))
    return f"{place}: {mistake.wrong}; {mistake.right}"
