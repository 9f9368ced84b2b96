"""One way out for every log line, ours and the libraries': structured, on standard error, and never a flood."""

import logging
import logging.config
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import structlog

NAME = "leadrelay"
"""The logger of the product; parts of it append a dot and their own name."""
REPEAT_S = 30.0
TEMPLATES_MAX = 1000

# Lines that tell of an everyday event as if it were a fault: logger, how the line begins, why it is dropped.
EVERYDAY = (
    (
        "aiokafka.consumer.group_coordinator",
        "Heartbeat failed for group %s because it is rebalancing",
        "every worker that joins or leaves makes the others say this",
    ),
    (
        "faust.app.base",
        "Missing sensor state for rebalance",
        "a rebalance that was overtaken by the next one has no timer to stop",
    ),
)


def set_up(log_format: str, log_level: str) -> None:
    """Send the log lines of this process to standard error.

    Args:
        log_format: "json" or "console".
        log_level: The least level of our own lines; the libraries' are shown from warning on.
    """
    logging.config.dictConfig(configuration(log_format, log_level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def configuration(log_format: str, log_level: str) -> dict[str, Any]:
    """Make the argument of `logging.config.dictConfig`; it is Faust's `logging_config` too, which it applies anew."""
    level = log_level.upper()
    quietest = max(logging.WARNING, logging.getLevelNamesMapping()[level])
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log_format)],
        "foreign_pre_chain": [structlog.stdlib.ExtraAdder(allow=["repeated"]), *_common()],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"calm": {"()": Calm}},
        "formatters": {"structured": formatter},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["calm"],
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {NAME: {"level": level}},
        "root": {"level": quietest, "handlers": ["stderr"]},
    }


class Calm(logging.Filter):
    """Keeps a library that says the same thing again and again from drowning everything else.

    A line of the same logger and template passes once in 30 s; the next that passes tells how many were left out in
    `repeated`. A broker that is away makes each client say so several times a second.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._said: dict[tuple[str, int, str], list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is to be written."""
        if record.name.partition(".")[0] == NAME:
            return True
        text = str(record.msg)
        if any(record.name == logger and text.startswith(start) for logger, start, _ in EVERYDAY):
            return False
        return self._first(record, (record.name, record.levelno, text))

    def _first(self, record: logging.LogRecord, template: tuple[str, int, str]) -> bool:
        now = self._now()
        said = self._said.get(template)
        if said is not None and now - said[0] < REPEAT_S:
            said[1] += 1
            return False
        if said is not None and said[1]:
            record.repeated = int(said[1])
        if len(self._said) >= TEMPLATES_MAX:  # some libraries format before they log
            self._said.clear()
        self._said[template] = [now, 0]
        return True


def _common() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendering(log_format: str) -> list[Any]:
    # Tracebacks without the values of variables: those may be leads.
    if log_format == "console":
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return [structlog.processors.format_exc_info, _readably, structlog.processors.JSONRenderer()]


def _readably(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Put first what a reader looks for first."""
    first = {name: fields.pop(name) for name in ("timestamp", "level", "event", "logger") if name in fields}
    return {**first, **fields}
