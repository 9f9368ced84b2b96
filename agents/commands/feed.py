"""`leadrelay feed`: events from a file or a pipe into Kafka."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents import console
from agents.commands.options import Broker, Input, Json, example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agents.feeding import Fed

EXAMPLE = example("leadrelay feed events.jsonl", "tail -f events.jsonl | leadrelay feed - --rate 100")
SHOWN = 5


def feed(
    file: Input,
    *,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Events a second, at most.", show_default=False)] = None,
    broker: Broker = None,
    as_json: Json = False,
) -> None:
    """Feed a file of events to Kafka: each to the topic of its type and to its lead's lane.

    Events that a worker will refuse are listed on standard error with their line numbers. They are sent all the same,
    unchanged, and become dead letters. Exit code 1 means that an event is too long for Kafka and was not sent.
    """
    from agents.feeding import Fed, feed_chunks
    from agents.lines import chunks, size_of
    from agents.settings import load

    fed, brokers = Fed(), load(broker=broker).brokers
    try:
        with _progress(size_of(file)) as on_progress:
            console.run(feed_chunks(chunks(file), brokers, on_progress, rate=rate, fed=fed))
    except KeyboardInterrupt:
        console.err().print(
            f"stopped: {fed.read:,} events were read, {fed.sent:,} are in Kafka; "
            "feed the file again to go on: repeated ids are recognised",
            style="yellow",
        )
        raise
    _tell(fed, as_json=as_json)
    if fed.unsent:
        raise typer.Exit(1)


@contextmanager
def _progress(total: int | None) -> "Iterator[Callable[[Fed], None] | None]":
    """A progress bar for people who look on."""
    shown = console.err()
    if not shown.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}", markup=False)
    bar = Progress(text, BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=shown, transient=True)
    with bar:
        task = bar.add_task("feeding", total=total)
        yield lambda fed: bar.update(task, completed=fed.bytes_read, description=f"{fed.sent:,} events in Kafka")


def summary(fed: "Fed") -> dict[str, Any]:
    """What was fed, as an object."""
    return {
        "read": fed.read,
        "sent": fed.sent,
        "topics": dict(fed.acknowledged),
        "refusable": fed.refusable,
        "unsent": fed.unsent,
        "problems": [problem._asdict() for problem in fed.problems],
        "seconds": round(fed.seconds, 3),
        "events_per_s": round(fed.events_per_s),
    }


def _tell(fed: "Fed", *, as_json: bool) -> None:
    if as_json:
        console.write_json(summary(fed))
    else:
        where = "".join(f"; {number:,} to {topic}" for topic, number in sorted(fed.acknowledged.items()))
        console.out().print(f"{fed.sent:,} events in {fed.seconds:.1f} s ({fed.events_per_s:,.0f}/s){where}")
    _tell_problems(fed)


def _tell_problems(fed: "Fed") -> None:
    told, number = console.err(), fed.refusable + fed.unsent
    if fed.refusable:
        told.print(f"{fed.refusable:,} events will be refused and become dead letters", style="yellow")
    if fed.unsent:
        told.print(f"{fed.unsent:,} events were not sent", style="yellow")
    for line, reason, detail in fed.problems[:SHOWN]:
        told.print(f"  line {line}: {reason}: {detail}")
    if number > SHOWN:
        told.print(f"  and {number - SHOWN:,} more")
