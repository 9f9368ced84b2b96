"""Writes down what happened, short enough to be read by people."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiokafka import TopicPartition

from agents.engine.wire import Fetched
from tests.simulation.broker import Answer, Ask
from tests.simulation.group import Claim
from tests.simulation.log import Identity
from tests.simulation.loop import START_S
from tests.simulation.producing import entries_of

WIDTH = 150
CHANGELOG = "changelog"


def lines(trace: Iterable[tuple[float, str, tuple[Any, ...]]]) -> list[str]:
    """Give one line for each thing: seconds, who, what it asked and what it was told."""
    return [f"{at - START_S:9.4f}  {who:8} {_told(*what)}"[:WIDTH] for at, who, what in trace]


def _told(what: str, arguments: tuple[Any, ...] = (), result: Any = None, error: BaseException | None = None) -> str:
    asked = " ".join(text for text in map(_short, arguments) if text)
    answer = f" = {type(error).__name__}" if error else f" = {_short(result)}" if result else ""
    return f"{what} {asked}{answer}"


def _short(value: Any) -> str:
    for kind, shown in SHOWN:
        if isinstance(value, kind):
            return shown(value)
    return str(value)


def _place(value: TopicPartition) -> str:
    return f"{CHANGELOG if value.topic.endswith(CHANGELOG) else value.topic}/{value.partition}"


def _ask(value: Ask) -> str:
    return f"{value.session[0]}.{value.session[1]} {_short(value.offsets)}"


def _answer(value: Answer) -> str:
    return f"error {value.error}" if value.error else ",".join(map(_fetched, value.partitions))


def _fetched(value: Fetched) -> str:
    return f"{_short(value.place)}[{value.error or len(value.records)}]"


def _count(value: Any) -> str:
    if not isinstance(value, bytes):
        return f"@{value}"  # an offset
    producer, entries = entries_of(value)
    return f"[{producer.sequence}+{len(entries)}]"


SHOWN: tuple[tuple[type[Any], Callable[[Any], str]], ...] = (
    (TopicPartition, _place),
    (Identity, lambda value: f"{value.pid}:{value.epoch}"),
    (Claim, lambda value: f"{value.generation}:{value.member_id}:{value.instance}"),
    (Ask, _ask),
    (Answer, _answer),
    (asyncio.Future, lambda _value: "later"),
    (Mapping, lambda value: ",".join(f"{_short(key)}{_count(each)}" for key, each in value.items())),
    (tuple, lambda value: ",".join(map(_short, value))),
)
