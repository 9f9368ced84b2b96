"""A worker under measurement: the relay as it is, or the engine with the toy score, each with a probe inside."""

import json
import sys
from typing import Any

from agents import logs
from agents.app import build_app
from agents.bench.on_leadrelay import toy_app
from agents.engine.app import LaneApp
from agents.settings import load
from tests.bench.probe import Probe


def build(asked: dict[str, Any]) -> LaneApp:
    """Make the app that is asked for: `toy` or `relay`, with these settings."""
    # No deadlines: those of a table that was written beforehand would all have passed long ago.
    quiet: dict[str, Any] = {"metrics_port": 0, "log_level": "warning", "log_format": "console", "clock": "off"}
    settings = load(**asked["settings"], **quiet)
    app = toy_app(settings) if asked["toy"] else build_app(settings)
    probe = Probe(app.engine, asked["lanes"], profile=asked["profile"], watch_loop=asked["watch_loop"])
    app.task(probe.run)
    return app


if __name__ == "__main__":
    logs.set_up("console", "warning")
    worker = build(json.loads(sys.argv[1]))
    sys.argv = ["worker"]
    worker.finalize()
    worker.conf.Worker(worker, loglevel="WARN", quiet=True, redirect_stdouts=False).execute_from_commandline()
