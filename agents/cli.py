"""The command line `leadrelay`: which commands there are, and how their failures look."""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from agents import console
from agents.commands import agreement, bench, broker, deadletter, demo, feed, lead, replay, topics, worker
from agents.errors import LeadrelayError

INTERRUPTED = 130
NO_READER = 141
"""What a shell reports of a program that SIGPIPE or Ctrl-C has ended."""


class Commands(TyperGroup):
    """All commands; expected failures end them with three parts on standard error and without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except LeadrelayError as error:
            console.print_error(error)
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:
            console.hush()
            raise typer.Exit(NO_READER) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        return result


def _version(wanted: bool) -> None:  # noqa: FBT001  Typer calls it so
    if wanted:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            typer.echo(f"leadrelay {version('leadrelay')}")
        except PackageNotFoundError:
            typer.echo("leadrelay, run from its folder and not installed")
        raise typer.Exit


def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Run the agreement between marketing and sales: score leads, hand them over, follow up, all on Kafka."""


def build() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(
        name="leadrelay",
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,  # a bug keeps its plain traceback, without the values of variables
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    app.command("demo", epilog=demo.EXAMPLE)(demo.run)
    app.command("worker", epilog=worker.EXAMPLE)(worker.run)
    app.command(epilog=feed.EXAMPLE)(feed.feed)
    app.command(epilog=replay.EXAMPLE)(replay.replay)
    app.command(epilog=lead.EXAMPLE)(lead.lead)
    app.command(epilog=bench.EXAMPLE)(bench.bench)
    for group in (agreement, broker, deadletter, topics):
        app.add_typer(group.app)
    return app


app = build()


def main() -> None:
    """Run the command line."""
    app(prog_name="leadrelay")
