"""A real Prometheus that scrapes real workers' metrics, for tests that ask it questions."""

import asyncio
import http.client
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from agents.broker.probe import free_port
from agents.engine.engine import Status
from agents.health import Health
from agents.http import Server
from agents.metrics import Metrics
from schemas.topics import ACTIVITY
from streams.funnel import Key
from tests.agents.relayed import counts, status

HOUSE = Path(__file__).parents[2]
RULES = HOUSE / "deploy" / "prometheus"
HOST = "127.0.0.1"
WAIT_S = 90.0

Counts = Mapping[int, Mapping[Key, int]]


def split() -> tuple[Counts, Counts]:
    """The real counts as two workers show them when lane 1 has just moved from the first, which shows it still."""
    now = counts()
    behind = {key: number // 2 for key, number in now[1].items()}
    return {0: now[0], 1: behind}, {1: now[1], 2: now[2]}


@contextmanager
def worker(shown: Counts) -> Iterator[int]:
    """Serve what a worker with these counts serves, from a thread; give the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def call(work: Callable[[], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work(), loop).result(30)

    server = Server(HOST, 0, _busy(shown), Health(status))
    try:
        yield call(server.start)
    finally:
        call(server.stop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


def _busy(shown: Counts) -> Metrics:
    def now() -> Status:
        return status(lag={(ACTIVITY.name, lane): 5 for lane in shown})

    metrics = Metrics(lambda: shown, now, {})
    metrics.transaction_seconds.observe(0.03)
    metrics.event_to_handoff_seconds.observe(0.04)
    metrics.commits_refused.labels("ILLEGAL_GENERATION").inc()
    return metrics


class Prometheus:
    """The HTTP API of a Prometheus on this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str, **parameters: str) -> Any:
        """The data of an answer."""
        connection = http.client.HTTPConnection(HOST, self._port, timeout=10)
        try:
            connection.request("GET", f"/api/v1/{path}?{urlencode(parameters)}")
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        assert answer["status"] == "success", answer
        return answer["data"]

    def ask(self, query: str) -> dict[frozenset[tuple[str, str]], float]:
        """An instant vector: value by labels, the name left out."""
        return {
            frozenset((label, word) for label, word in one["metric"].items() if label != "__name__"): float(
                one["value"][1]
            )
            for one in self.get("query", query=query)["result"]
        }

    def until(self, query: str) -> None:
        """Wait until a query has an answer.

        Raises:
            TimeoutError: It has none for too long.
        """
        limit = time.monotonic() + WAIT_S
        while time.monotonic() < limit:
            try:
                if self.ask(query):
                    return
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                pass  # it is starting
            time.sleep(0.2)
        raise TimeoutError(query)


@contextmanager
def prometheus(program: str, folder: Path, ports: list[int]) -> Iterator[Prometheus]:
    """Run Prometheus with the project's rules, once a second, on workers at these ports."""
    port, config = free_port(), folder / "prometheus.yml"
    settings = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES / name) for name in ("rules.yml", "alerts.yml")],
        "scrape_configs": [
            {"job_name": "leadrelay", "static_configs": [{"targets": [f"{HOST}:{number}" for number in ports]}]}
        ],
    }
    config.write_text(json.dumps(settings))  # JSON is YAML
    command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address={HOST}:{port}", "--log.level=warn"],
            stdout=log,
            stderr=log,
            cwd=folder,
            env={**os.environ, "GOMAXPROCS": "1"},
        )
        try:
            yield Prometheus(port)
        finally:
            process.terminate()
            process.wait(30)
