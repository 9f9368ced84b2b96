"""Connections whose answers are cut apart by the protocol itself."""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from aiokafka.conn import CloseReason
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, RequestTimedOutError
from hypothesis import given
from hypothesis import strategies as st

from agents.engine.link import SIZE, Frames, LinkedClient
from agents.engine.requests import Features


class Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written = b""
        self.protocol: Any = None

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def write(self, data: bytes) -> None:
        self.written += data


class Reading:
    """aiokafka's task that reads."""

    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Connection:
    """What a link touches of aiokafka's connection."""

    def __init__(self) -> None:
        self.transport, self._read_task = Transport(), Reading()
        self._writer: Any = self
        self._requests: deque[tuple[int, Any, asyncio.Future[Any]]] = deque()
        self._versions: dict[int, tuple[int, int]] = {}
        self._client_id, self._number = "me", 0
        self._closed_fut: asyncio.Future[None] = asyncio.Future()
        self.frames: list[bytes] = []
        self.closed: list[Any] = []

    def _next_correlation_id(self) -> int:
        self._number += 1
        return self._number

    def _handle_frame(self, frame: bytes) -> None:
        self.frames.append(frame)
        if self._requests:
            self._requests.popleft()[2].set_result(frame)

    def close(self, reason: Any = None, exc: Any = None) -> None:
        del exc
        self.closed.append(reason)
        for _, _, answer in self._requests:
            if not answer.done():
                answer.set_exception(KafkaConnectionError())


def framed(*answers: bytes) -> bytes:
    return b"".join(SIZE.pack(len(answer)) + answer for answer in answers)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    return [data[begin:end] for begin, end in pairwise(ends)]


@given(st.lists(st.binary(max_size=20)), st.lists(st.integers(0, 200)))
def test_answers_are_whole_however_they_come(answers: list[bytes], places: list[int]) -> None:
    async def play() -> list[bytes]:
        connection: Any = Connection()
        frames = Frames(connection)
        for piece in cut(framed(*answers), places):
            frames.data_received(piece)
        found: list[bytes] = connection.frames
        return found

    assert asyncio.run(play()) == answers


async def linked(connection: Any, timeout_ms: int = 1000) -> LinkedClient:
    client = LinkedClient(request_timeout_ms=timeout_ms)

    async def get(_node: int, **_: Any) -> Any:
        return connection

    client._get_conn = get
    return client


async def test_an_answer_reaches_who_asked() -> None:
    connection = Connection()
    client = await linked(connection)
    asking = asyncio.create_task(client.send(1, Features()))
    await asyncio.sleep(0)
    connection.transport.protocol.data_received(framed(b"answer"))
    assert await asking == b"answer"
    head = Features().build_request_header(1, "me").encode()
    assert connection.transport.written == framed(head + Features().encode())
    assert connection._read_task.cancelled


async def test_a_connection_is_left_alone_while_an_answer_is_on_its_way_to_its_old_protocol() -> None:
    connection = Connection()
    client = await linked(connection)
    connection._requests.append((0, None, asyncio.Future()))
    asking = asyncio.create_task(client.send(1, Features()))
    await asyncio.sleep(0)
    assert connection.transport.protocol is None
    connection._handle_frame(b"of another")
    connection._handle_frame(b"answer")
    assert await asking == b"answer"


async def test_no_answer_in_time_closes_the_connection() -> None:
    connection = Connection()
    with pytest.raises(RequestTimedOutError):
        await (await linked(connection, 10)).send(1, Features())
    assert connection.closed == [CloseReason.CONNECTION_TIMEOUT]


async def test_a_connection_that_breaks_is_told_to_who_waits() -> None:
    connection = Connection()
    asking = asyncio.create_task((await linked(connection)).send(1, Features()))
    await asyncio.sleep(0)
    connection.transport.protocol.connection_lost(None)
    with pytest.raises(KafkaConnectionError):
        await asking
    assert connection.closed == [CloseReason.CONNECTION_BROKEN]
    assert connection._closed_fut.done()
    connection.transport.protocol.connection_lost(None)


async def test_a_node_without_a_connection() -> None:
    with pytest.raises(NodeNotReadyError):
        await (await linked(None)).send(1, Features())


async def test_a_connection_that_was_closed_meanwhile() -> None:
    connection = Connection()
    connection._writer = None
    with pytest.raises(KafkaConnectionError):
        await (await linked(connection)).send(1, Features())
