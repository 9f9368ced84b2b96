"""The server's three pages, where it listens, and how it stops."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from agents.engine.engine import Status
from agents.errors import LeadrelayError
from agents.health import Health
from agents.http import Server
from agents.metrics import Metrics
from tests.agents.relayed import status

HOST = "127.0.0.1"


class Worker:
    """What the server shows, changed by the tests."""

    def __init__(self) -> None:
        self.now = status()
        self.health = Health(self.status)
        self.metrics = Metrics(lambda: {0: {("handoffs", "score"): 41}}, self.status, {})
        self.server = Server(HOST, 0, self.metrics, self.health)
        self.port = 0

    def status(self) -> Status:
        return self.now

    async def get(self, path: str) -> tuple[int, str, bytes]:
        url = f"http://{HOST}:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.read()

    async def get_json(self, path: str) -> tuple[int, Any]:
        url = f"http://{HOST}:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    started = Worker()
    started.port = await started.server.start()
    yield started
    await started.server.stop()


async def test_metrics_are_served_as_prometheus_reads_them(worker: Worker) -> None:
    code, kind, body = await worker.get("/metrics")
    assert (code, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b'leadrelay_handoffs_total{lane="0",trigger="score"} 41.0\n' in body


async def test_a_ready_worker_answers_200(worker: Worker) -> None:
    code, said = await worker.get_json("/ready")
    assert (code, said["ready"], said["lanes"]) == (200, True, {"owned": [0, 1, 2], "open": [0, 1, 2]})


async def test_a_worker_that_is_not_ready_answers_503_with_the_reasons(worker: Worker) -> None:
    worker.now = status(open=(), broker_away_s=4.0)
    code, said = await worker.get_json("/ready")
    assert (code, said["ready"], len(said["reasons"])) == (503, False, 2)
    assert (await worker.get_json("/alive"))[0] == 200


async def test_a_worker_that_ends_answers_503_when_asked_whether_it_lives(worker: Worker) -> None:
    worker.health.failed(LeadrelayError("the worker cannot go on", "why", "what to do"))
    code, said = await worker.get_json("/alive")
    assert (code, said) == (503, {"alive": False, "reasons": ["the worker cannot go on: why. what to do"]})


async def test_there_is_nothing_else(worker: Worker) -> None:
    assert (await worker.get("/"))[0] == 404
    async with aiohttp.ClientSession() as session, session.post(f"http://{HOST}:{worker.port}/ready") as answer:
        assert answer.status == 405


async def test_a_port_that_is_taken_is_an_error_that_names_the_setting(worker: Worker) -> None:
    second = Server(HOST, worker.port, worker.metrics, worker.health)
    with pytest.raises(LeadrelayError, match=f"{HOST}:{worker.port}: .*LEADRELAY_METRICS_PORT"):
        await second.start()
    await second.stop()
    assert (await worker.get("/alive"))[0] == 200


async def test_a_stop_does_not_wait_for_a_client_that_does_not_finish(worker: Worker) -> None:
    reader, writer = await asyncio.open_connection(HOST, worker.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")  # and never the empty line
    await writer.drain()
    async with asyncio.timeout(30):
        await worker.server.stop()
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(aiohttp.ClientConnectorError):
        await worker.get("/alive")


async def test_stopping_twice_is_stopping_once(worker: Worker) -> None:
    await worker.server.stop()
    await worker.server.stop()
