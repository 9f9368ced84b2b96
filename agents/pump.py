"""Reads a blocking source beside the event loop, a little ahead of it."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
AHEAD = 4


class Pump(Generic[T]):
    """Iterates over `source` in a thread of its own that never keeps the program from ending.

    A worker thread of asyncio's would: Ctrl-C could not end a program that waits for standard input.
    """

    def __init__(self, source: Iterable[T]) -> None:
        self._source = source
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[T | None] = asyncio.Queue()
        self._room = threading.Semaphore(AHEAD)
        self._error: BaseException | None = None
        self._unwanted = False

    @property
    def idle(self) -> bool:
        """Whether nothing lies ready, so that the next item must be waited for."""
        return self._queue.empty()

    async def items(self) -> AsyncGenerator[T, None]:
        """Yield what the source yields, and raise what it raises."""
        threading.Thread(target=self._run, daemon=True, name="pump").start()
        try:
            while (item := await self._queue.get()) is not None:
                yield item
                self._room.release()
        finally:
            self._unwanted = True
            self._room.release()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            for item in self._source:
                self._room.acquire()
                if self._unwanted:
                    return
                self._put(item)
        except BaseException as error:  # noqa: BLE001  it is raised where the items are read
            self._error = error
        self._put(None)

    def _put(self, item: T | None) -> None:
        with suppress(RuntimeError):  # the loop is closed, nobody reads any more
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)
