"""What the engine tells ends up as a metric, as a line of the log at the right level, or in the health."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from agents.engine.observer import Observer
from agents.errors import LeadrelayError
from agents.health import Health
from agents.metrics import Metrics
from agents.observer import Reporter
from schemas.topics import ACTIVITY
from tests.agents.relayed import status


class Heard:
    """A reporter with what it reports to."""

    def __init__(self) -> None:
        self.metrics = Metrics(dict, status, {})
        self.health = Health(status)
        self.reporter = Reporter(self.metrics, self.health)

    async def shown(self, line: str) -> bool:
        return line in (await self.metrics.exposition()).decode().splitlines()


CALLS: tuple[tuple[Callable[[Observer], None], str, str], ...] = (
    (lambda o: o.opened(3, 1000, 1.5, 0.2), "info", "leadrelay_restore_seconds_sum 1.5"),
    (
        lambda o: o.refused("ILLEGAL_GENERATION", [1, 2], 9),
        "warning",
        'leadrelay_commits_refused_total{reason="ILLEGAL_GENERATION"} 1.0',
    ),
    (lambda o: o.fenced("leadrelay-worker-0", 3), "warning", "leadrelay_transactions_fenced_total 1.0"),
    (lambda o: o.reread(ACTIVITY.name, 3, 70), "warning", f'leadrelay_rereads_total{{topic="{ACTIVITY.name}"}} 1.0'),
    (
        lambda o: o.skipped(ACTIVITY.name, 3, 70, 95),
        "error",
        f'leadrelay_messages_lost_total{{topic="{ACTIVITY.name}"}} 25.0',
    ),
)


@pytest.mark.parametrize(("call", "level", "line"), CALLS)
async def test_what_is_heard_is_logged_and_counted(call: Callable[[Observer], None], level: str, line: str) -> None:
    heard = Heard()
    assert not await heard.shown(line)
    with capture_logs() as logged:
        call(heard.reporter)
    assert [entry["log_level"] for entry in logged] == [level]
    assert await heard.shown(line)


async def test_a_commit_is_counted_and_measured_but_not_logged() -> None:
    heard = Heard()
    with capture_logs() as logged:
        heard.reporter.committed(3, 500, 120, 4, 0.03)
    assert logged == []
    assert await heard.shown("leadrelay_commits_total 1.0")
    assert await heard.shown("leadrelay_transaction_seconds_sum 0.03")


def test_the_lanes_that_the_group_gives_are_logged() -> None:
    with capture_logs() as logged:
        Heard().reporter.assigned((0, 4), 7)
    assert [(entry["log_level"], entry["lanes"], entry["generation"]) for entry in logged] == [("info", [0, 4], 7)]


@pytest.mark.parametrize(("abandoned", "level"), [(False, "info"), (True, "warning")])
def test_giving_up_lanes_is_everyday_unless_a_transaction_was_left_behind(abandoned: bool, level: str) -> None:  # noqa: FBT001
    with capture_logs() as logged:
        Heard().reporter.revoked([0, 4], 0.5, abandoned=abandoned)
    assert [(entry["log_level"], entry["lanes"]) for entry in logged] == [(level, [0, 4])]


def test_a_broker_that_is_away_is_logged_now_and_then_and_its_return_once() -> None:
    heard = Heard()
    with capture_logs() as logged:
        for seconds in range(0, 65, 5):
            heard.reporter.broker_away(seconds, "kafka:9092: connection refused")
        heard.reporter.broker_back(65.0)
        heard.reporter.broker_away(0, "again")
    assert [(entry["log_level"], entry.get("seconds", entry.get("away_s"))) for entry in logged] == [
        ("warning", 0),
        ("warning", 30),
        ("warning", 60),
        ("info", 65.0),
        ("warning", 0),
    ]
    assert heard.health.broker_detail == "again"


def test_the_last_words_are_an_error_with_its_three_parts() -> None:
    heard = Heard()
    with capture_logs() as logged:
        heard.reporter.failed(LeadrelayError("the worker cannot go on", "disk full", "make room"))
    assert logged == [
        {
            "event": "the worker ends",
            "log_level": "error",
            "what": "the worker cannot go on",
            "detail": "disk full",
            "remedy": "make room",
        }
    ]
    assert heard.health.alive()["alive"] is False


def test_everything_that_the_engine_can_tell_is_heard() -> None:
    told = {name for name in vars(Observer) if not name.startswith("_")}
    assert told == {name for name in vars(Reporter) if not name.startswith("_")}
