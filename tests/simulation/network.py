"""Carries requests to the model broker and answers back, each with a delay of its own, and loses some on the way."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiokafka.errors import NodeNotReadyError, RequestTimedOutError

from tests.simulation.broker import ModelBroker
from tests.simulation.loop import CURRENT, Process, VirtualLoop

LEAST_S = 0.0001
REFUSED_S = 0.002


@dataclass
class Weather:
    """How slow the network is, in seconds: usually, and now and then."""

    usual_s: float = 0.001
    storm_s: float = 0.05
    storms: float = 0.02

    def delay(self, chance: random.Random) -> float:
        if chance.random() < self.storms:
            return chance.random() * self.storm_s
        return LEAST_S + chance.random() * self.usual_s


class Line:
    """One connection: what is sent over it arrives in order, and so do the answers. A join may take long: patient."""

    __slots__ = ("answered_at", "patient", "sent_at")

    def __init__(self, *, patient: bool = False) -> None:
        self.patient, self.sent_at, self.answered_at = patient, 0.0, 0.0


Sent = tuple[int, Line, Process | None, str, "asyncio.Future[Any]"]
"""A request on its way: in which life of the broker, over which line, from whom, what, and what waits for it."""

Snare = Callable[[Process, str, str], None]
"""Called with the caller, the name of the request and "sent", "done" or "answered"."""


class Network:
    """Between all processes and the broker.

    Attributes:
        snare: Called at each stage of each request; it may kill or freeze the caller there.
        down: The broker's process is not there.
        patience_s: How long a client waits for an answer; 0 for ever.
    """

    def __init__(self, loop: VirtualLoop, broker: ModelBroker, chance: random.Random, weather: Weather) -> None:
        self.loop, self.broker, self.chance, self.weather = loop, broker, chance, weather
        self.snare: Snare = lambda _process, _api, _stage: None
        self.noted: Callable[..., None] = lambda *_words: None
        self.down = False
        self.patience_s = 0.0
        self._life = 0
        self._flying: dict[asyncio.Future[Any], None] = {}

    def call(self, line: Line, api: str, *arguments: Any) -> asyncio.Future[Any]:
        """Send a request; the result is the answer, or raises what the broker or the connection says."""
        caller = CURRENT.get()
        answer = self.loop.create_future()
        if self.down:
            self._at(self.loop.time() + REFUSED_S, _fail, answer, NodeNotReadyError())
            return answer
        line.sent_at = at = max(line.sent_at, self.loop.time() + self.weather.delay(self.chance))
        self._flying[answer] = None
        self.loop.call_at(
            at, self._arrive, (self._life, line, caller, api, answer), arguments, context=self.broker.process.context
        )
        if self.patience_s and not line.patient:
            self.loop.call_later(self.patience_s, self._give_up, line, answer)
        self._stage(caller, api, "sent")
        return answer

    def _give_up(self, line: Line, answer: asyncio.Future[Any]) -> None:
        """Stop waiting, as a client does that closes the connection then; what it sent is still on its way."""
        if self._flying.pop(answer, self) is not self:
            line.sent_at = line.answered_at = 0.0
            _fail(answer, RequestTimedOutError())

    def _stage(self, caller: Process | None, api: str, stage: str) -> None:
        if caller is not None:
            self.snare(caller, api, stage)

    def _at(self, when: float, call: Callable[..., None], *arguments: Any) -> None:
        self.loop.call_at(when, call, *arguments, context=NOWHERE.context)

    def _arrive(self, sent: Sent, arguments: tuple[Any, ...]) -> None:
        life, _, caller, api, _ = sent
        if life != self._life:
            return
        try:
            result, error = getattr(self.broker, api)(*arguments), None
        except Exception as raised:  # noqa: BLE001  it is the answer
            result, error = None, raised
        self.noted(caller, api, arguments, result, error)
        self._stage(caller, api, "done")
        if isinstance(result, asyncio.Future):
            result.add_done_callback(lambda done: self._answer(sent, done), context=self.broker.process.context)
        else:
            self._send_back(sent, result, error)

    def _answer(self, sent: Sent, done: asyncio.Future[Any]) -> None:
        error = done.exception()
        self._send_back(sent, None if error else done.result(), error)

    def _send_back(self, sent: Sent, result: Any, error: BaseException | None) -> None:
        life, line, caller, api, answer = sent
        if life == self._life:
            line.answered_at = at = max(line.answered_at, self.loop.time() + self.weather.delay(self.chance))
            self._at(at, self._land, caller, api, answer, result, error)

    def _land(
        self, caller: Process | None, api: str, answer: asyncio.Future[Any], result: Any, error: BaseException | None
    ) -> None:
        self._flying.pop(answer, None)
        if error is not None:
            _fail(answer, error)
        elif not answer.done():
            answer.set_result(result)
        self._stage(caller, api, "answered")

    def go_down(self) -> None:
        """The broker's process dies: its log stays, all connections break, what was on its way is lost."""
        self.down, self._life = True, self._life + 1
        self.loop.freeze(self.broker.process)
        for answer in self._flying:
            self._at(self.loop.time() + REFUSED_S, _fail, answer, NodeNotReadyError())
        self._flying = {}

    def come_up(self) -> None:
        """The broker's process is there again: it goes on with what it was doing, and every session begins anew."""
        self.down = False
        self.broker.group.heard_of_all()
        self.broker.forget_sessions()
        self.loop.thaw(self.broker.process)


def _fail(answer: asyncio.Future[Any], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
        answer.exception()  # nobody may be waiting any more


NOWHERE = Process("the wire")
