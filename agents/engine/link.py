"""A Kafka client whose answers come without detours.

aiokafka reads each answer with a task that waits for four bytes, then for the rest, and hands it to a future behind
another future: four turns of the event loop. Here the protocol itself cuts the answers apart: two.
"""

import asyncio
from struct import Struct
from typing import Any

from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError, RequestTimedOutError

SIZE = Struct(">i")


class Frames(asyncio.Protocol):
    """Cuts what comes over a connection into answers; takes the place of aiokafka's protocol when all is set up."""

    def __init__(self, connection: AIOKafkaConnection) -> None:
        self._connection, self._held = connection, bytearray()

    def data_received(self, data: bytes) -> None:
        """Hand over each answer that is whole."""
        held, at = self._held, 0
        held += data
        while len(held) - at >= SIZE.size:
            begin = at + SIZE.size
            end = begin + SIZE.unpack_from(held, at)[0]
            if len(held) < end:
                break
            with memoryview(held) as view:
                answer = bytes(view[begin:end])  # once: it may be many megabytes
            self._connection._handle_frame(answer)  # noqa: SLF001
            at = end
        del held[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everybody who waits."""
        closed = self._connection._closed_fut  # noqa: SLF001
        if not closed.done():
            closed.set_result(None)
        self._connection.close(reason=CloseReason.CONNECTION_BROKEN, exc=exc)


class LinkedClient(AIOKafkaClient):
    """aiokafka's client with such connections. SASL and TLS are aiokafka's."""

    async def send(self, node_id: Any, request: Any, *, group: ConnectionGroup = ConnectionGroup.DEFAULT) -> Any:
        """Send a request to a node, and give its answer.

        Raises:
            NodeNotReadyError: There is no connection.
            KafkaConnectionError: It broke.
            RequestTimedOutError: No answer came in time; the connection is closed.
        """
        connection = await self._get_conn(node_id, group=group)
        if connection is None:
            raise NodeNotReadyError(f"no connection to node {node_id}")
        if connection._writer is None:  # noqa: SLF001
            raise KafkaConnectionError(f"the connection to node {node_id} was closed")
        if not isinstance(connection._writer.transport.get_protocol(), Frames) and not connection._requests:  # noqa: SLF001
            _link(connection)
        answer = self._loop.create_future()
        timer = self._loop.call_later(self._request_timeout_ms / 1000, _expire, answer)
        _write(connection, request, answer)
        try:
            return await answer
        except TimeoutError as error:
            connection.close(reason=CloseReason.CONNECTION_TIMEOUT)
            raise RequestTimedOutError from error
        finally:
            timer.cancel()


def _link(connection: Any) -> None:
    """Take the protocol's place. Nothing is on its way now."""
    connection._read_task.cancel()  # noqa: SLF001
    connection._writer.transport.set_protocol(Frames(connection))  # noqa: SLF001


def _write(connection: Any, request: Any, answer: "asyncio.Future[Any]") -> None:
    struct = request.prepare(connection._versions)  # noqa: SLF001
    number = connection._next_correlation_id()  # noqa: SLF001
    head = struct.build_request_header(correlation_id=number, client_id=connection._client_id)  # noqa: SLF001
    message = head.encode() + struct.encode()
    connection._writer.transport.write(SIZE.pack(len(message)) + message)  # noqa: SLF001
    connection._requests.append((number, struct, answer))  # noqa: SLF001


def _expire(answer: "asyncio.Future[Any]") -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
