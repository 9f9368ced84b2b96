"""Writes down what happened, short enough to be read by people."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import TopicPartition

from tests.simulation.group import Claim
from tests.simulation.log import Identity
from tests.simulation.loop import START_S

WIDTH = 150
CHANGELOG = "changelog"


def lines(trace: Iterable[tuple[float, str, tuple[Any, ...]]]) -> list[str]:
    """Give one line for each thing: seconds, who, what it asked and what it was told."""
    return [f"{at - START_S:9.4f}  {who:8} {_told(*what)}"[:WIDTH] for at, who, what in trace]


def _told(what: str, arguments: tuple[Any, ...] = (), result: Any = None, error: BaseException | None = None) -> str:
    if what in ("fetch", "partitions") and arguments:
        arguments = (arguments[1],)
    asked = " ".join(text for text in map(_short, arguments) if text)
    answer = f" = {type(error).__name__}" if error else f" = {_short(result)}" if result else ""
    return f"{what} {asked}{answer}"


def _short(value: Any) -> str:
    if isinstance(value, TopicPartition):
        return f"{CHANGELOG if value.topic.endswith(CHANGELOG) else value.topic}/{value.partition}"
    if isinstance(value, Identity):
        return f"{value.pid}:{value.epoch}"
    if isinstance(value, Claim):
        return f"{value.generation}:{value.member_id}:{value.instance}"
    if isinstance(value, Mapping):
        return ",".join(f"{_short(key)}{_count(each)}" for key, each in value.items())
    if isinstance(value, list | tuple) and value and isinstance(value[0], TopicPartition):
        return ",".join(map(_short, value))
    return type(value).__name__ if "object at" in str(value) else str(value)


def _count(value: Any) -> str:
    if isinstance(value, tuple):  # of a produce: sequence and records; of a fetch: records and two offsets
        sequence, entries = value if len(value) == 2 else (value[1], value[0])
        return f"[{sequence}+{len(entries)}]"
    return f"@{value}"
