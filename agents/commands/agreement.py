"""`leadrelay agreement`: the document between marketing and sales."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from collections.abc import Iterable
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents import console
from agents.commands.options import Broker, Json, example
from agents.errors import LeadrelayError

if TYPE_CHECKING:
    from agents.agreement import Loaded
    from streams.terms import Terms
    from streams.wording import Section

File = Annotated[Path, typer.Argument(metavar="FILE", help="The agreement's TOML file.")]

app = typer.Typer(name="agreement", help="Agreements between marketing and sales.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Write, check, explain, compare, publish and show agreements between marketing and sales."""


@app.command(epilog=example("leadrelay agreement new agreement.toml"))
def new(file: Annotated[Path, typer.Argument(metavar="FILE", help="The TOML file to write.")]) -> None:
    """Write an agreement to begin with, in which every choice is explained; it counts from the next midnight (UTC)."""
    from agents.agreement import write_new

    midnight = write_new(file, datetime.now(UTC))
    console.print_text(
        f"{file} is written: agreement 1, in force from {midnight:%Y-%m-%d %H:%M} UTC on.",
        f"Change it to what you agree on, then say `leadrelay agreement check {file}`.",
    )


@app.command(epilog=example("leadrelay agreement check agreement.toml"))
def check(file: File, *, as_json: Json = False) -> None:
    """Tell every mistake in an agreement: where it is, what is wrong, what would be right; exit code 2 then.

    What works but is odd is told as a warning, and the exit code is 0.
    """
    from agents.agreement import load

    if as_json:
        _as_json(file)
    else:
        loaded = load(file)
        console.print_text(_summary(loaded.terms))
        _warn(loaded)


def _warn(loaded: "Loaded") -> None:
    from agents.agreement import odd, told

    console.print_warnings(map(told, odd(loaded, datetime.now(UTC))))


def _as_json(file: Path) -> None:
    from agents.agreement import load, odd
    from schemas.mistakes import Mistaken

    try:
        loaded = load(file)
    except LeadrelayError as error:
        if not isinstance(error.__context__, Mistaken):
            raise
        mistakes = [mistake._asdict() for mistake in error.__context__.mistakes]
        console.write_json({"file": str(file), "valid": False, "mistakes": mistakes, "warnings": []})
        raise typer.Exit(error.exit_code) from None
    terms, warnings = loaded.terms, [each._asdict() for each in odd(loaded, datetime.now(UTC))]
    right = {"file": str(file), "valid": True, "number": terms.number, "name": terms.name}
    console.write_json({**right, "mistakes": [], "warnings": warnings})


def _summary(terms: "Terms") -> str:
    rules = len(terms.interest.group_of)
    by = f"with grade {', '.join(sorted(terms.grid.handoff))}" if terms.grid else f"from {terms.handoff_score} points"
    return (
        f"Agreement {terms.number}, {terms.name!r}, is without mistakes: {len(terms.fit)} rules of fit and {rules} of "
        f"interest; handoff {by} with a fit of {terms.fit_min} or more; response within "
        f"{terms.response_ms / 3_600_000:g} working hours, back after {terms.attempts_max} attempts without an answer."
    )


@app.command(
    epilog=example(
        "leadrelay agreement explain agreement.toml", "leadrelay agreement explain agreement.toml --json | jq .handoff"
    )
)
def explain(file: File, *, as_json: Json = False) -> None:
    """Say an agreement back in plain sentences, for all who have to agree to it."""
    from agents.agreement import load_agreement
    from streams.explain import explained

    sections = [section for section in explained(load_agreement(file)) if section.sentences]
    if as_json:
        console.write_json(_sentences(sections))
    else:
        console.print_sections(sections)


@app.command(epilog=example("leadrelay agreement diff agreement.toml next.toml"))
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The TOML file of an agreement.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="That of the agreement to compare with it.")],
    *,
    as_json: Json = False,
) -> None:
    """Say what changed between two agreements, rule by rule; exit code 0 whether something did or not."""
    from agents.agreement import load_agreement
    from streams.changes import changes

    sections = changes(load_agreement(old), load_agreement(new))
    if as_json:
        console.write_json(_sentences(sections))
    elif sections:
        console.print_sections(sections)
    else:
        console.print_text("Nothing changed.")


@app.command(
    epilog=example("leadrelay agreement publish agreement.toml", "leadrelay agreement publish agreement.toml --yes")
)
def publish(
    file: File,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    broker: Broker = None,
) -> None:
    """Publish an agreement: workers decide by it from its effective_from on, without a restart.

    What is refused: a number that is published already or not higher than the last, and a beginning that is past. What
    is odd is told as a warning first.
    """
    from agents import publishing, settings
    from agents.agreement import load, load_terms

    chosen, loaded = settings.load(broker=broker), load(file)
    text, terms = loaded.text, loaded.terms
    versions, now = console.run(publishing.published(chosen.brokers)), _now()
    against = publishing.objection(terms, load_terms(chosen.agreement), versions, now)
    if against:
        remedy = "change number and effective_from in the file, and publish it again"
        raise LeadrelayError(f"agreement {terms.number} is not published", against, remedy)
    console.print_text(_summary(terms), _beginning(terms))
    _warn(loaded)
    if not yes:
        typer.confirm("Publish it?", abort=True)
    writing = publishing.publish(chosen.brokers, chosen.app_id, text, terms, getuser())
    console.print_text(f"Agreement {terms.number} is published to {console.run(writing)} lanes.")


def _now() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def _beginning(terms: "Terms") -> str:
    from schemas.envelope import rfc3339

    return f"What happens from {rfc3339(terms.effective_at)} on is decided by it."


@app.command(epilog=example("leadrelay agreement show", "leadrelay agreement show --at 2026-12-01T09:00:00Z --json"))
def show(
    *,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Then, not now.", show_default=False)] = None,
    broker: Broker = None,
    as_json: Json = False,
) -> None:
    """Print the agreement that is in force, or was or will be at a time: its TOML file as it was published."""
    from agents import publishing, settings
    from agents.agreement import load
    from schemas.envelope import rfc3339

    chosen, when = settings.load(broker=broker), _instant(at) if at else _now()
    versions = console.run(publishing.published(chosen.brokers))
    found = publishing.in_force(versions, when) or load(chosen.agreement)
    text, terms = found.text, found.terms
    if as_json:
        told = {"number": terms.number, "name": terms.name, "effective_from": rfc3339(terms.effective_at)}
        console.write_json({**told, "published": [each.terms.number for each in versions], "text": text})
    else:
        console.write_lines(text.rstrip("\n").encode())


def _instant(at: str) -> int:
    from schemas.envelope import Refusal, instant

    try:
        return instant(at)
    except Refusal as refusal:
        raise LeadrelayError(
            "--at is no time", refusal.detail, "write it like 2026-12-01T09:00:00Z", exit_code=2
        ) from None


def _sentences(sections: Iterable["Section"]) -> dict[str, list[str]]:
    return {section.key: [sentence.line for sentence in section.sentences] for section in sections}
