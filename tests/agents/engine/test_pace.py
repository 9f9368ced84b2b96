"""An idle worker leaves the broker alone, and a busy one takes much at a time."""

from types import SimpleNamespace
from typing import Any

import pytest

from agents.engine import pace as module
from agents.engine.pace import IDLE_WAIT_MS, Pace
from tests.agents.engine.fakes import settings


def test_the_broker_answers_the_first_record_at_once_when_there_were_none(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(module, "now", lambda: now[0])
    held: list[tuple[int, int]] = []
    client: Any = SimpleNamespace(hold=lambda *bounds: held.append(bounds))
    pace = Pace(client, settings(fetch_min_bytes=5000, fetch_wait_ms=7))

    def asked() -> tuple[int, int]:
        return held[-1]

    assert asked() == (5000, 7)
    now[0] += 0.9
    pace.note(records=False)
    assert asked() == (5000, 7)
    now[0] += 0.2
    pace.note(records=False)
    assert asked() == (1, IDLE_WAIT_MS)
    pace.note(records=True)
    assert asked() == (5000, 7)
