"""A blocking source is read beside the event loop, only a little ahead, and its failures arrive."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from agents.pump import AHEAD, Pump


async def test_items_arrive_in_order() -> None:
    assert [item async for item in Pump(range(100)).items()] == list(range(100))


async def test_the_loop_goes_on_while_the_source_blocks() -> None:
    gate = threading.Event()

    def source() -> Iterator[str]:
        yield "first"
        gate.wait()
        yield "second"

    pump = Pump(source())
    async with aclosing(pump.items()) as items:
        assert await anext(items) == "first"
        assert pump.idle
        asyncio.get_running_loop().call_soon(gate.set)
        assert await anext(items) == "second"


async def test_what_the_source_raises_is_raised_after_its_items() -> None:
    def source() -> Iterator[int]:
        yield 1
        message = "broken"
        raise ValueError(message)

    async with aclosing(Pump(source()).items()) as items:
        assert await anext(items) == 1
        with pytest.raises(ValueError, match="broken"):
            await anext(items)


async def test_the_source_is_read_no_further_than_a_little_ahead() -> None:
    taken: list[int] = []
    ended = threading.Event()

    def source() -> Iterator[int]:
        try:
            for number in range(1000):
                taken.append(number)
                yield number
        finally:
            ended.set()

    async with aclosing(Pump(source()).items()) as items:
        assert await anext(items) == 0
    assert await asyncio.to_thread(ended.wait, 10)  # the thread ends when nobody reads any more
    assert len(taken) <= AHEAD + 3
