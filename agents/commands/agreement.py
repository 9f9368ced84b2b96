"""`leadrelay agreement`: the document between marketing and sales."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents import console
from agents.commands.options import Json, example
from agents.errors import LeadrelayError

if TYPE_CHECKING:
    from streams.terms import Terms

app = typer.Typer(name="agreement", help="Check the agreement between marketing and sales.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check the agreement between marketing and sales."""


@app.command(epilog=example("leadrelay agreement check agreement.toml"))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The agreement's TOML file.")], *, as_json: Json = False
) -> None:
    """Tell every mistake in an agreement: where it is, what is wrong, what would be right; exit code 2 then."""
    from agents.agreement import load_terms

    if as_json:
        _as_json(file)
    else:
        console.print_text(_summary(load_terms(file)))


def _as_json(file: Path) -> None:
    from agents.agreement import load_terms
    from schemas.mistakes import Mistaken

    try:
        terms = load_terms(file)
    except LeadrelayError as error:
        if not isinstance(error.__context__, Mistaken):
            raise
        mistakes = [mistake._asdict() for mistake in error.__context__.mistakes]
        console.write_json({"file": str(file), "valid": False, "mistakes": mistakes})
        raise typer.Exit(error.exit_code) from None
    console.write_json({"file": str(file), "valid": True, "number": terms.number, "name": terms.name, "mistakes": []})


def _summary(terms: "Terms") -> str:
    rules = len(terms.interest.group_of)
    return (
        f"Agreement {terms.number}, {terms.name!r}, is without mistakes: {len(terms.fit)} rules of fit and {rules} of "
        f"interest; handoff from {terms.handoff_score} points with a fit of {terms.fit_min} or more; response within "
        f"{terms.response_ms / 3_600_000:g} working hours, back after {terms.attempts_max} attempts without an answer."
    )
