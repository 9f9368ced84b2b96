"""What reaches standard error: one shape for all, nothing twice, nothing secret, and silence on import."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.logs import EVERYDAY, REPEAT_S, TEMPLATES_MAX, Calm

HOUSE = Path(__file__).parents[2]


def run(script: str) -> str:
    """Run a script in a process of its own, for logging belongs to the whole process; return what stderr got."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=HOUSE, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == ""
    return done.stderr


def lines(script: str) -> list[dict[str, Any]]:
    setting_up = "import logging, structlog\nfrom agents import logs\nlogs.set_up('json', 'info')\n"
    return [json.loads(line) for line in run(setting_up + script).splitlines()]


def test_importing_is_silent() -> None:
    written = run(
        "import logging, sys, agents.logs, agents.metrics, agents.health, agents.http, agents.observer\n"
        "print(logging.root.handlers, logging.getLogger('leadrelay').handlers, file=sys.stderr)"
    )
    assert written == "[] []\n"


def test_our_lines_are_json_objects_with_their_fields() -> None:
    (line,) = lines("structlog.stdlib.get_logger('leadrelay.engine').info('lanes open', lanes=[1, 2])")
    assert list(line) == ["timestamp", "level", "event", "logger", "lanes"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "lanes open", "lanes": [1, 2], "level": "info", "logger": "leadrelay.engine"}


def test_libraries_come_the_same_way_from_warning_on() -> None:
    (line,) = lines(
        "log = logging.getLogger('aiokafka.client')\nlog.info('connected')\nlog.warning('no answer from %s', 'kafka-1')"
    )
    assert line.pop("timestamp")
    assert line == {"event": "no answer from kafka-1", "level": "warning", "logger": "aiokafka.client"}


def test_the_level_is_ours_alone_until_it_is_above_warning() -> None:
    script = """
import logging, structlog
from agents import logs
logs.set_up('json', '{level}')
for name in ('leadrelay', 'faust'):
    log = structlog.stdlib.get_logger(name)
    log.debug('{level}'), log.info('{level}'), log.warning('{level}'), log.error('{level}')
"""
    seen = {
        level: [
            (line["logger"], line["level"]) for line in map(json.loads, run(script.format(level=level)).splitlines())
        ]
        for level in ("debug", "error")
    }
    assert seen == {
        "debug": [
            *(("leadrelay", level) for level in ("debug", "info", "warning", "error")),
            *(("faust", level) for level in ("warning", "error")),
        ],
        "error": [("leadrelay", "error"), ("faust", "error")],
    }


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_does_not_show_the_values_of_variables(log_format: str) -> None:
    written = run(f"""
import logging, structlog
from agents import logs
logs.set_up('{log_format}', 'info')
def fold(lead):
    raise RuntimeError('broken')
for log in (structlog.stdlib.get_logger('leadrelay'), logging.getLogger('faust')):
    try:
        fold('ann' + '@example.com')
    except RuntimeError:
        log.exception('a fold failed')
""")
    assert written.count("RuntimeError: broken") == 2
    assert "ann@example.com" not in written


def test_setting_up_again_does_not_write_twice() -> None:
    written = lines("logs.set_up('json', 'info')\nstructlog.stdlib.get_logger('leadrelay').info('once')")
    assert [line["event"] for line in written] == ["once"]


def test_faust_applies_the_same_configuration_when_it_starts() -> None:
    written = lines(
        "from mode.utils.logging import setup_logging\n"
        "setup_logging(loglevel='INFO', logging_config=dict(logs.configuration('json', 'info')))\n"
        "structlog.stdlib.get_logger('leadrelay').info('ours')\nlogging.getLogger('faust').info('theirs')\n"
        "logging.getLogger('faust').warning('theirs')"
    )
    assert [(line["logger"], line["level"]) for line in written] == [("leadrelay", "info"), ("faust", "warning")]


class Hand:
    """A clock moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def record(message: str, *values: object, name: str = "aiokafka.client") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, None)


def test_a_library_that_repeats_itself_is_heard_once_in_a_while_and_its_repeats_are_counted() -> None:
    clock = Hand()
    calm = Calm(clock)
    assert [calm.filter(record("cannot connect to %s", n)) for n in range(4)] == [True, False, False, False]
    assert calm.filter(record("something else")) is True
    clock.now = REPEAT_S
    again = record("cannot connect to %s", 5)
    assert calm.filter(again) is True
    assert again.__dict__["repeated"] == 3


def test_our_own_lines_are_never_held_back() -> None:
    calm = Calm(Hand())
    assert [calm.filter(record("a lane is open", name="leadrelay.engine")) for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(("logger", "start"), [(logger, start) for logger, start, _ in EVERYDAY])
def test_everyday_lines_are_dropped_from_their_own_logger_only(logger: str, start: str) -> None:
    assert Calm(Hand()).filter(record(f"{start} ...", name=logger)) is False
    assert Calm(Hand()).filter(record(f"{start} ...", name="elsewhere")) is True


def test_the_memory_for_repeats_is_bounded() -> None:
    calm = Calm(Hand())
    assert all(calm.filter(record(f"unique {n}")) for n in range(TEMPLATES_MAX + 10))
    assert len(calm._said) == 10
