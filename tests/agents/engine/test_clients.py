"""A consumer's end is contained, however aiokafka ends it."""

import asyncio
from typing import Any, ClassVar

import pytest

from agents.engine import clients
from agents.engine.clients import consumer
from tests.agents.engine.fakes import settings


class Client:
    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True


class Leaking:
    """Ends as aiokafka's consumer does when a fetch fails at that moment."""

    made: ClassVar["list[Leaking]"] = []

    def __init__(self, **_options: Any) -> None:
        self._client = Client()
        self.made.append(self)

    async def start(self) -> None:
        """Nothing to connect."""

    async def stop(self) -> None:
        raise asyncio.CancelledError


async def test_a_leaked_cancellation_does_not_reach_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "PacedConsumer", Leaking)
    async with consumer(settings(), "read_committed"):
        pass
    assert Leaking.made[-1]._client.closed


async def test_a_consumer_that_cannot_start_is_closed_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(Leaking):
        async def start(self) -> None:
            raise ConnectionRefusedError

    monkeypatch.setattr(clients, "PacedConsumer", Refusing)
    with pytest.raises(ConnectionRefusedError):
        async with consumer(settings(), "read_committed"):
            pass
    assert Leaking.made[-1]._client.closed
