"""`leadrelay broker`: a real Kafka on this machine, for development."""
# ruff: noqa: PLC0415  imports are local, so that help is quick

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents import console
from agents.commands.options import Json, example

if TYPE_CHECKING:
    from agents.broker import Background

app = typer.Typer(name="broker", help="Run a Kafka broker on this machine, for development.", no_args_is_help=True)


@app.command(epilog=example("leadrelay broker start && leadrelay topics create"))
def start(
    *,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where it listens, on 127.0.0.1 alone.")] = 9092,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget everything that an earlier one has kept.")] = False,
    heap: Annotated[str, typer.Option(help="Java's largest heap.")] = "512m",
    as_json: Json = False,
) -> None:
    """Start a broker that goes on running, unless it runs already.

    It needs the optional packages `leadrelay[broker]`, and downloads Apache Kafka's jars once.
    """
    from agents.broker import start_background

    running = start_background(port, heap=heap, fresh=fresh, tell=console.err().print)
    if as_json:
        console.write_json(_object(running))
    else:
        _tell(running)


@app.command(epilog=example("leadrelay broker stop"))
def stop(*, as_json: Json = False) -> None:
    """Stop the broker; what it holds is kept for its next start."""
    from agents.broker import stop_background

    stopped = stop_background()
    if as_json:
        console.write_json({"stopped": stopped is not None})
    else:
        console.print_text(f"Stopped the broker at {stopped.address}." if stopped else "No broker was running.")


@app.command(epilog=example("leadrelay broker status || leadrelay broker start"))
def status(*, as_json: Json = False) -> None:
    """Say whether the broker runs, and where; exit code 1 when it does not."""
    from agents import broker

    running = broker.status()
    if as_json:
        console.write_json(_object(running) if running else {"running": False})
    elif running:
        _tell(running)
    else:
        console.print_text("No broker runs; `leadrelay broker start` starts one.")
    if not running:
        raise typer.Exit(1)


def _object(running: "Background") -> dict[str, Any]:
    return {
        "running": True,
        "address": running.address,
        "pid": running.pid,
        "directory": running.directory,
        "log": str(running.log_file),
    }


def _tell(running: "Background") -> None:
    console.print_text(
        f"A broker runs at {running.address}, process {running.pid}.",
        f"Its data are in {running.directory}, its log is {running.log_file}.",
    )
