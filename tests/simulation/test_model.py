"""The model broker answers as the real one does, and its clients fail as the engine's own do."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from agents.broker import EmbeddedBroker
from agents.engine import producer
from agents.engine.dialect import Named
from tests.simulation.grounds import play_on_model, play_on_real
from tests.simulation.scripts import SCRIPTS, a_reader_begins_anywhere


@pytest.mark.kafka
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
@pytest.mark.parametrize("version", [1, 2])
async def test_the_model_answers_as_the_real_broker_does(
    broker: EmbeddedBroker, script: Any, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version == 1:  # a broker of version 2 answers clients of version 1 as one of version 1 does
        monkeypatch.setattr(producer, "dialect", lambda _levels, *who: Named(*who))
    real = await play_on_real(broker.address, script)
    assert real, "a script that sees nothing proves nothing"
    model: list[Any] = []
    await _elsewhere(lambda: model.extend(play_on_model(script, implicit=version > 1)))
    assert model == real


async def _elsewhere(call: Callable[[], None]) -> None:
    """Call in a thread: a thread has one running loop, and here that is the real one."""
    await asyncio.to_thread(call)


def test_a_reader_finds_what_was_committed_wherever_it_begins() -> None:
    found = play_on_model(a_reader_begins_anywhere)
    committed = [(2, b"1"), (8, b"4")]
    assert found == [(offset, [each for each in committed if each[0] >= offset]) for offset in range(11)]
