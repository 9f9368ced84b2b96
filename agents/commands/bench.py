"""`leadrelay bench`: what exactly once costs, beside plain Faust, plain aiokafka and plain confluent-kafka."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from pathlib import Path
from typing import Annotated

import typer

from agents import console
from agents.commands.options import Json, example

EXAMPLE = example(
    "leadrelay bench",
    "leadrelay bench --events 1000000 --systems leadrelay,aiokafka --json",
    "leadrelay bench --beside my-agreement.toml",
)
DEFAULT = "leadrelay,faust,aiokafka,confluent"
Beside = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Compare agreements in place of systems: a worker with this one beside one with that of the settings, "
        "by turns of a second.",
        show_default=False,
    ),
]
EmptyBroker = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="A Kafka that has none of leadrelay's topics: they are made, and deleted at the end. "
        "Without it a broker is started for the bench; LEADRELAY_BROKER is not looked at.",
        show_default=False,
    ),
]


def bench(  # noqa: PLR0913  one parameter an option
    events: Annotated[
        int, typer.Option(min=100, help="Events to handle; Faust handles a twentieth, 20,000 or more.")
    ] = 200_000,
    *,
    leads: Annotated[int | None, typer.Option(min=1, help="Leads they are of; else a tenth of the events.")] = None,
    systems: Annotated[str, typer.Option(metavar="NAMES", help="What to measure, with commas between.")] = DEFAULT,
    beside: Beside = None,
    broker: EmptyBroker = None,
    lanes: Annotated[int, typer.Option(min=1, max=1000, help="Partitions of every topic.")] = 12,
    toy: Annotated[
        bool, typer.Option("--toy", help="Score with a sum in place of the agreement: the price of carrying an event.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the topics there; only with --broker.")] = False,
    as_json: Json = False,
) -> None:
    """Measure events a second and CPU an event of leadrelay, plain Faust, plain aiokafka and plain confluent-kafka.

    All handle the same made-up events with the same rules, one system after the other, each in a process of its own on
    the same broker. Starting does not count. Broker and system share the machine's cores, so compare ratios. Or, with
    --beside, measure CPU an event of two agreements.
    """
    from agents.bench.report import compared, tables
    from agents.bench.run import NEEDED, Plan, measure

    if keep and not broker:
        message = "needs --broker: the broker of the bench ends with it"
        raise typer.BadParameter(message, param_hint="--keep")
    names = _agreements(beside, others=toy or systems != DEFAULT) if beside else ()
    plan = Plan(
        events=events,
        leads=leads,
        systems=_systems(systems) if not beside else (),
        broker=broker,
        lanes=lanes,
        keep=keep,
        toy=toy,
        beside=beside,
    )
    for system in (system for system in plan.systems if system not in plan.present):
        console.err().print(f"{system} is left out: {NEEDED[system]} is not installed (pip install leadrelay[bench])")
    with console.err().status("") as status:
        results = measure(plan, status.update)
    if as_json:
        console.write_json(results)
    else:
        console.print_tables(compared(results, names) if beside else tables(results))


def _agreements(beside: Path, *, others: bool) -> tuple[str, str]:
    """What the two agreements are called; what is wrong in them is told before anything starts."""
    from agents.agreement import load_terms
    from agents.settings import load

    if others:
        message = "compares agreements: it goes with neither --systems nor --toy"
        raise typer.BadParameter(message, param_hint="--beside")
    ours = load().agreement
    if any(load_terms(path).groups for path in (ours, beside)):
        message = "compares agreements without groups: each worker would read the letters that the other one writes"
        raise typer.BadParameter(message, param_hint="--beside")
    return str(ours or "default"), str(beside)


def _systems(names: str) -> tuple[str, ...]:
    from agents.bench.run import SYSTEMS

    asked = [name.strip() for name in names.split(",")]
    unknown = sorted({*asked} - {*SYSTEMS})
    if unknown:
        message = f"{', '.join(unknown)}: choose from {', '.join(SYSTEMS)}"
        raise typer.BadParameter(message, param_hint="--systems")
    return tuple(system for system in SYSTEMS if system in asked)
