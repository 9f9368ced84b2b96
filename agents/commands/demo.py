"""`leadrelay demo`: the whole relay at work on a real campaign."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents import console
from agents.commands.options import Broker, example

if TYPE_CHECKING:
    from agents.demo.proof import Proof

EXAMPLE = example("leadrelay demo", "leadrelay demo --once --contacts 5000")


def run(
    *,
    once: Annotated[bool, typer.Option("--once", help="End when everything is handled and proven.")] = False,
    contacts: Annotated[int | None, typer.Option(min=1, help="So many contacts, from the whole campaign.")] = None,
    rate: Annotated[float | None, typer.Option(min=1, help="Events a second, at most.")] = None,
    seed: Annotated[int, typer.Option(help="Of the made-up web history.")] = 7,
    broker: Broker = None,
) -> None:
    """Show the relay at work on a real telephone campaign of 45,211 contacts, with a made-up web history of its people.

    Without LEADRELAY_BROKER a Kafka broker is started for it. When everything is handled, all that is in Kafka is
    compared with the pure replay of the same input; exit code 1 means that they differ, and it says where.
    """
    from agents.demo.run import Demo, Wishes
    from agents.settings import load

    demo = Demo(load(broker=broker), Wishes(contacts, seed, rate, once), console.out(), _tell)
    proof = asyncio.run(demo.run())
    if not proof.verdict.equal:
        raise typer.Exit(1)


def _tell(proof: "Proof") -> None:
    verdict = proof.verdict
    if proof.handoff:
        console.print_text("", "One of the handoffs, explained:", *_explained(proof.handoff))
    compared = f"{verdict.messages:,} messages, {verdict.rows:,} rows, {verdict.facts:,} facts"
    if verdict.equal:
        console.print_text("", f"Equal: {compared} are what the pure replay of the same input gives.")
    else:
        console.print_text("", f"NOT EQUAL to the pure replay of the same input ({compared}):", str(verdict))


def _explained(packet: dict[str, Any]) -> list[str]:
    lines = [f"  {packet['lead']} went to sales: {packet['why']} Respond by {packet['respond_by']}."]
    for entry in packet["entries"]:
        times = f", {entry['times']} times" if entry["times"] > 1 else ""
        lines.append(f"  {entry['points']:+4}  {entry['rule']} ({entry['detail']}{times}; {entry['cause']})")
    return [*lines, f"  {packet['score']:+4}  in all, by version {packet['agreement']} of the agreement"]
