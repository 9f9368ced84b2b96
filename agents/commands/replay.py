"""`leadrelay replay`: what a history means, without Kafka."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents import console
from agents.commands.options import Input, Json, example
from agents.errors import LeadrelayError

if TYPE_CHECKING:
    from agents.replaying import Replaying
    from schemas.codec import Output

EXAMPLE = example(
    "leadrelay replay history.jsonl | grep handoff",
    "leadrelay replay history.jsonl --funnel --until 2026-12-01T00:00:00Z",
)
SHOWN = 5
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MIDNIGHT = "T00:00:00Z"


def replay(  # noqa: PLR0913  one parameter an option
    file: Input,
    *,
    facts: Annotated[bool, typer.Option("--facts", help="Print the journal: every decision with its cause.")] = False,
    leads: Annotated[bool, typer.Option("--leads", help="Print one object a lead, as it is at the end.")] = False,
    funnel: Annotated[
        bool, typer.Option("--funnel", help="Print the KPI tables; --json makes them an object.")
    ] = False,
    agreement: Annotated[
        Path | None, typer.Option(help="The agreement's TOML file; else the one that leadrelay brings.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Let deadlines that are over by then be missed; without it none is."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with exit code 1 when a line was refused.")] = False,
    as_json: Json = False,
) -> None:
    """Replay a file of events without Kafka, and print the events that would be published.

    The same rules decide as in a worker with a fresh Kafka, so the ids are the same too. Lines that a worker would
    refuse are listed on standard error with their numbers, and the rest goes on.
    """
    from agents.agreement import load_terms
    from agents.lines import chunks
    from agents.replaying import Replaying

    if facts + leads + funnel > 1:
        raise typer.BadParameter("choose one of --facts, --leads and --funnel")
    work = Replaying(load_terms(agreement), _instant(until))
    _print_outputs(work.outputs(_flushing(chunks(file))), facts=facts, silent=leads or funnel)
    if leads:
        _print_leads(work)
    if funnel:
        _print_funnel(work, as_json=as_json)
    _tell_refused(work)
    if strict and work.reasons:
        raise typer.Exit(1)


def _instant(time: str | None) -> int | None:
    from schemas.envelope import Refusal, instant

    if time is None:
        return None
    try:
        return instant(time + MIDNIGHT if DAY.fullmatch(time) else time)
    except Refusal as refusal:
        remedy = "write --until like 2026-12-01 or 2026-12-01T17:00:00+01:00"
        raise LeadrelayError("the end of the replay can't be read", refusal.detail, remedy, exit_code=2) from None


def _flushing(chunks: Iterable[list[bytes]]) -> Iterator[bytes]:
    """The lines; what they made is written before the next ones are waited for."""
    for lines in chunks:
        yield from lines
        sys.stdout.flush()


def _print_outputs(outputs: "Iterable[Output]", *, facts: bool, silent: bool) -> None:
    from agents.replaying import event_of
    from schemas.topics import FACT, OUTPUTS

    published = frozenset() if silent or facts else {topic.name for topic in OUTPUTS}
    for output in outputs:
        if output.topic in published:
            console.write_lines(event_of(output))
        elif facts and output.topic == FACT.name:
            console.write_lines(output.value or b"")


def _print_leads(work: "Replaying") -> None:
    from streams.report import lead_object

    for lead in work.leads():
        console.write_json(lead_object(lead, work.terms))


def _print_funnel(work: "Replaying", *, as_json: bool) -> None:
    from streams.kpis import kpis, tables

    numbers = kpis(work.counts())
    if as_json:
        console.write_json(numbers)
    else:
        console.print_tables(tables(numbers))


def _tell_refused(work: "Replaying") -> None:
    refused = work.reasons.total()
    if not refused:
        return
    told = console.err()
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in work.reasons.most_common())
    told.print(f"{refused:,} of {work.lines:,} lines were refused: {reasons}", style="yellow")
    for line, reason, detail in work.refusals[:SHOWN]:
        told.print(f"  line {line}: {reason}: {detail}")
    if refused > SHOWN:
        told.print(f"  and {refused - SHOWN:,} more")
