"""An idle worker leaves the broker alone, and a busy one takes much at a time."""

from types import SimpleNamespace
from typing import Any

import pytest

from agents.engine import pace as module
from agents.engine.pace import IDLE_WAIT_MS, MANY_A_S, Pace
from tests.agents.engine.fakes import settings


class Held:
    """What the broker is told, by a clock of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[int, int]] = []
        self._now = 100.0
        monkeypatch.setattr(module, "now", lambda: self._now)
        client: Any = SimpleNamespace(hold=lambda *bounds: self.asked.append(bounds))
        self._pace = Pace(client, settings(fetch_min_bytes=5000, fetch_wait_ms=7))

    def after(self, seconds: float, records: int) -> tuple[int, int]:
        self._now += seconds
        self._pace.note(records)
        return self.asked[-1]


def test_the_broker_answers_the_first_record_at_once_when_there_were_none(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    assert held.asked == [(5000, 7)]
    assert held.after(0.9, 0) == (5000, 7)
    assert held.after(0.2, 0) == (1, IDLE_WAIT_MS)
    assert held.after(0.1, 1) == (5000, IDLE_WAIT_MS)


def test_the_broker_holds_fetches_longer_while_few_records_come(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    few, many = (5000, IDLE_WAIT_MS), (5000, 7)
    assert [held.after(0.1, MANY_A_S // 10) for _ in range(30)] == [many] * 30
    assert [held.after(0.25, MANY_A_S // 8) for _ in range(8)][-4:] == [few] * 4
    assert held.after(1.0, 2 * MANY_A_S) == many


def test_the_broker_is_told_only_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    for _ in range(20):
        held.after(0.5, 0)
    assert held.asked == [(5000, 7), (1, IDLE_WAIT_MS)]
