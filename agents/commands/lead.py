"""`leadrelay lead`: one lead explained, as the worker remembers it."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents import console
from agents.commands.options import AppId, Broker, Json, example
from agents.errors import LeadrelayError

if TYPE_CHECKING:
    from streams.report import Table
    from streams.terms import Terms

EXAMPLE = example("leadrelay lead ana@example.com", "leadrelay lead ana@example.com --json | jq .entries")


def lead(  # noqa: PLR0913
    identity: Annotated[str, typer.Argument(metavar="ID", help="The lead's id: the subject of its events.")],
    *,
    journal: Annotated[bool, typer.Option("--journal", help="Add every decision, from the journal.")] = False,
    agreement: Annotated[
        Path | None, typer.Option(help="The agreement to explain with; else LEADRELAY_AGREEMENT.", show_default=False)
    ] = None,
    broker: Broker = None,
    app_id: AppId = None,
    as_json: Json = False,
) -> None:
    """Explain a lead: every point with its rule and cause, its stages, the deadline, the track."""
    from agents.agreement import load_terms
    from agents.settings import load
    from schemas.topics import FACT, changelog
    from streams import report
    from streams.row import unpack

    settings = load(broker=broker, app_id=app_id, agreement=agreement)
    terms = load_terms(settings.agreement)  # a mistake in it is told before anything is read
    key, topic = identity.encode(), changelog(settings.app_id).name
    rows = console.run(_values(settings.brokers, topic, key))
    if not rows or rows[-1] is None:
        raise _unknown(identity, topic)
    found = unpack(identity, rows[-1])
    if agreement is None and found.agreement != terms.number:
        terms = console.run(_published(settings.brokers, found.agreement)) or terms
    facts = console.run(_values(settings.brokers, FACT.name, key)) if journal else []
    if as_json:
        console.write_json(report.lead_object(found, terms) | ({"journal": _objects(facts)} if journal else {}))
        return
    console.print_text(*report.sentences(found, terms))
    console.print_tables([*report.tables(found, terms), *([_journal(facts)] if journal else [])])


async def _values(brokers: Sequence[str], topic: str, key: bytes) -> list[bytes | None]:
    """What was written under this key, oldest first."""
    from agents.reading import read_key

    return [record.value async for record in read_key(brokers, topic, key)]


async def _published(brokers: Sequence[str], number: int) -> "Terms | None":
    """The published version of this number, by which the lead was judged; its own points add up to its score."""
    from agents.publishing import published

    return next((version.terms for version in await published(brokers) if version.terms.number == number), None)


def _objects(facts: Sequence[bytes | None]) -> list[dict[str, Any]]:
    import orjson

    return [orjson.loads(fact) for fact in facts if fact is not None]


def _journal(facts: Sequence[bytes | None]) -> "Table":
    from streams.report import Table

    rows = [(fact["at"], fact["cause"], fact["fact"], _said(fact["data"])) for fact in _objects(facts)]
    return Table("journal", ("at", "cause", "fact", "data"), rows)


def _said(data: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in data.items() if value not in ("", [], None))


def _unknown(identity: str, topic: str) -> LeadrelayError:
    return LeadrelayError(
        "there is no such lead",
        f"{topic} has no row for {identity!r}",
        "check the id, which is the subject of its events; see that a worker runs with this application id, and "
        "whether its events were refused (`leadrelay deadletter list`)",
    )
