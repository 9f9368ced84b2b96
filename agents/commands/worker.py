"""`leadrelay worker`: runs the relay until it is told to stop."""

from pathlib import Path
from typing import Annotated

import typer

from agents.commands.options import Broker, example

EXAMPLE = example(
    "leadrelay worker --broker kafka-1:9092 --agreement agreement.toml --instance worker-1",
    "faust -A agents.worker worker -l info",
)


def run(
    broker: Broker = None,
    agreement: Annotated[Path | None, typer.Option(help="The agreement; else LEADRELAY_AGREEMENT, else ours.")] = None,
    instance: Annotated[str | None, typer.Option(help="A name of this worker that survives its restart.")] = None,
    metrics_port: Annotated[int | None, typer.Option(help="Port of /metrics, /alive, /ready; 0: a free one.")] = None,
) -> None:
    """Run a worker until it is told to stop (SIGTERM, Ctrl-C).

    Everything else is set by the environment: LEADRELAY_APP_ID, LEADRELAY_PARTITIONS, LEADRELAY_LOG_FORMAT and so on.
    Start as many as you like, up to one a lane; they share the lanes.
    """
    from agents.settings import load  # noqa: PLC0415  the other commands need not wait for Faust
    from agents.worker import make  # noqa: PLC0415

    given = {"broker": broker, "agreement": agreement, "instance": instance, "metrics_port": metrics_port}
    app = make(load(**given))
    app.finalize()
    app.conf.Worker(app, loglevel="INFO", quiet=True, redirect_stdouts=False).execute_from_commandline()
