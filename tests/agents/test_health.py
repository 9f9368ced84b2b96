"""Ready means that all lanes of this worker work; if not, the answer says why."""

import pytest

from agents.errors import LeadrelayError
from agents.health import Health
from tests.agents.relayed import status

NOW = 1_800_000_060_000


def health(**changed: object) -> Health:
    return Health(lambda: status(**changed), lambda: NOW)


def test_a_worker_whose_lanes_all_work_is_ready() -> None:
    assert health().ready() == {
        "ready": True,
        "reasons": [],
        "lanes": {"owned": (0, 1, 2), "open": (0, 1, 2)},
        "last_commit_at": 1_800_000_000_000,
    }


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"open": (0, 2), "opening_since": NOW - 7_400}, "lane 1 is opening, for 7 s so far"),
        ({"open": (), "opening_since": NOW}, "lanes 0, 1, 2 are opening, for 0 s so far"),
        ({"open": (1,)}, "lanes 0, 2 are opening, for 0 s so far"),
        (
            {"owned": (), "open": ()},
            "no lanes are assigned to this worker: it has just started, or there are more workers than lanes",
        ),
        ({"broker_away_s": 12.6}, "the broker has not answered for 13 s"),
    ],
)
def test_a_worker_that_is_not_ready_says_why(changed: dict[str, object], reason: str) -> None:
    answer = health(**changed).ready()
    assert (answer["ready"], answer["reasons"]) == (False, [reason])


def test_what_the_broker_did_instead_of_answering_is_told() -> None:
    away = health(broker_away_s=3.0)
    away.broker_detail = "kafka-1:9092: connection refused"
    (reason,) = away.ready()["reasons"]
    assert reason == "the broker has not answered for 3 s: kafka-1:9092: connection refused"


def test_all_reasons_are_told_at_once() -> None:
    assert len(health(open=(0,), broker_away_s=3.0).ready()["reasons"]) == 2


def test_a_worker_without_its_broker_is_alive_all_the_same() -> None:
    assert health(broker_away_s=300.0, open=()).alive() == {"alive": True, "reasons": []}


def test_a_worker_that_is_about_to_end_is_neither_alive_nor_ready() -> None:
    ending = health()
    ending.failed(LeadrelayError("the worker cannot go on", "disk full", "make room"))
    assert ending.alive() == {"alive": False, "reasons": ["the worker cannot go on: disk full. make room"]}
    assert ending.ready()["ready"] is False
    assert ending.ready()["reasons"] == ending.alive()["reasons"]


def test_the_time_of_day_is_read_when_no_clock_is_given() -> None:
    opening = Health(lambda: status(open=(), opening_since=0))
    assert opening.ready()["reasons"][0].startswith("lanes 0, 1, 2 are opening, for 1")
