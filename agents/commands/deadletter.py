"""`leadrelay deadletter`: what was refused, and its way back."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents import console
from agents.commands.options import Broker, Json, example

if TYPE_CHECKING:
    from agents.deadletters import DeadLetter, Selection
    from streams.report import Table

app = typer.Typer(name="deadletter", help="Look at refused messages, and send them back.", no_args_is_help=True)

LIMIT = 50
VALUE_SHOWN = 60
DETAIL_SHOWN = 100
Reason = Annotated[str | None, typer.Option(help="Only those refused for this reason.", show_default=False)]


@app.command("list", epilog=example("leadrelay deadletter list --reason unknown_type"))
def show(
    *,
    reason: Reason = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The newest so many; else 50, with --json all.", show_default=False)
    ] = None,
    broker: Broker = None,
    as_json: Json = False,
) -> None:
    """List refused messages: when, from where, why, and what they begin with."""
    from agents.deadletters import as_object
    from agents.settings import load

    most = limit if limit or as_json else LIMIT
    letters, found = console.run(_newest(load(broker=broker).brokers, _wanted(reason), most))
    if as_json:
        console.write_json(*(as_object(letter) for letter in letters))
        return
    if letters:
        console.print_tables([_table(letters)])
    shown = f", the newest {len(letters):,} are shown" if found > len(letters) else ""
    console.print_text(f"{found:,} dead letters{shown}.")


@app.command("replay", epilog=example("leadrelay deadletter replay --reason unknown_reason --dry-run"))
def send(
    *,
    reason: Reason = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    broker: Broker = None,
    as_json: Json = False,
) -> None:
    """Send refused messages back to their topics, after what they were refused for was mended.

    They go as they were: same key, value and headers, each once, however often it was refused. Nothing is counted
    twice by that: a worker recognises the ids of events that it has applied.
    """
    from agents.deadletters import select, send_back
    from agents.settings import load

    brokers = load(broker=broker).brokers
    chosen = console.run(select(brokers, _wanted(reason)))
    number = len(chosen.places)
    if not as_json:
        _tell(chosen)
    sent: Mapping[str, int] = {}
    if number and not dry_run and (yes or typer.confirm(f"Send {number:,} messages back?", abort=True, err=True)):
        sent = console.run(send_back(brokers, chosen))
        if not as_json:
            where = ", ".join(f"{count:,} to {topic}" for topic, count in sorted(sent.items()))
            console.print_text(f"Sent back: {where}. Ids that a worker has applied already are recognised.")
    if as_json:
        console.write_json(_summary(chosen, sent))


def _tell(chosen: "Selection") -> None:
    number = len(chosen.places)
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in chosen.reasons.most_common())
    console.print_text(f"{number:,} messages can go back" + (f": {reasons}" if reasons else "."))
    if chosen.doubles:
        console.print_text(f"{chosen.doubles:,} more are the same as one of these, refused again: they stay.")


def _summary(chosen: "Selection", sent: Mapping[str, int]) -> dict[str, Any]:
    return {"chosen": len(chosen.places), "reasons": chosen.reasons, "doubles": chosen.doubles, "sent": sent}


def _wanted(reason: str | None) -> "Callable[[DeadLetter], bool]":
    return lambda letter: reason is None or letter.reason == reason


async def _newest(
    brokers: Sequence[str], wanted: "Callable[[DeadLetter], bool]", most: int | None
) -> "tuple[list[DeadLetter], int]":
    """The newest ones, oldest first, and how many there are."""
    from agents.deadletters import dead_letters

    newest: list[DeadLetter] = []  # a heap with the oldest on top: the values of all might not fit into memory
    number = 0
    async for letter in dead_letters(brokers, wanted):
        number += 1
        heappush(newest, letter)
        if most and len(newest) > most:
            heappop(newest)
    return sorted(newest), number


def _table(letters: "Iterable[DeadLetter]") -> "Table":
    from schemas.envelope import rfc3339
    from streams.report import Table

    rows = [
        (
            rfc3339(letter.at),
            f"{letter.topic}/{letter.partition}/{letter.offset}",
            letter.reason,
            _cut(letter.detail, DETAIL_SHOWN),
            _shown(letter.key),
            _shown(letter.value),
        )
        for letter in letters
    ]
    return Table("dead letters", ("when", "from", "reason", "detail", "key", "begins with"), rows)


def _shown(given: bytes | None) -> str:
    from agents.deadletters import text

    return "(null)" if given is None else _cut(text(given[: VALUE_SHOWN + 1]) or "", VALUE_SHOWN)


def _cut(whole: str, most: int) -> str:
    return whole if len(whole) <= most else f"{whole[:most]}..."
