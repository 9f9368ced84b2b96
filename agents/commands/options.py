"""The options that several commands share, and how their help shows an example."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Broker = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="Kafka's addresses, with commas between; else LEADRELAY_BROKER, else 127.0.0.1:9092.",
        show_default=False,
    ),
]
AppId = Annotated[
    str | None,
    typer.Option(help="The relay's application id; else LEADRELAY_APP_ID, else leadrelay.", show_default=False),
]
Input = Annotated[str, typer.Argument(metavar="FILE", help="CloudEvents as JSON, one a line; - reads standard input.")]


def example(*commands: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(("Example:", *commands))
