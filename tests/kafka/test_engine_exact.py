"""The engine in real worker processes on a real broker: plain, and killed inside a transaction."""

from pathlib import Path

import pytest

from agents.broker import EmbeddedBroker
from tests.kafka.harness import end_all, open_transactions, read_all, toy_worker
from tests.kafka.toy import FLOOD
from tests.kafka.toy_check import RIGHT, new_toy, until_done

pytestmark = pytest.mark.kafka
REQUEST_BYTES_MAX = 1 << 20
"""What producers are given as the limit of a request unless somebody raises it."""


async def test_a_plain_run_is_exact_and_takes_large_records(broker: EmbeddedBroker, tmp_path: Path) -> None:
    toy = await new_toy(broker.address, 20_000, 2000)
    large = b"5:" + b"x" * (1 << 20) + b":echo"
    await toy.put(1, b"L000001", large, [("traceparent", b"t" * 3000)])
    worker = toy_worker(tmp_path / "a", toy.settings())
    try:
        await until_done(toy, worker)
        code, _ = worker.terminate()
    finally:
        end_all([worker])
    assert await toy.compare() == RIGHT
    assert code == 0
    assert len(worker.events("opened")) == toy.partitions
    echoes = await read_all(broker.address, f"{toy.app_id}-echo", toy.partitions)
    assert [(echo.partition, echo.key, echo.value, echo.headers) for echo in echoes] == [
        (1, b"L000001", large, (("reason", b"large"), ("traceparent", b"t" * 3000)))
    ]


async def test_what_one_message_makes_is_published_whole_or_not_at_all_however_much_it_is(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    toy = await new_toy(broker.address, 0, 1)
    await toy.put(1, b"L000001", b"5:flood")
    killed = toy_worker(tmp_path / "a", toy.settings(), hook={"point": "acknowledged", "at": 1, "act": "kill"})
    worker, echo = None, f"{toy.app_id}-echo"
    try:
        assert await killed.exit_code() == -9
        written = await read_all(broker.address, echo, toy.partitions, "read_uncommitted")
        assert sum(len(dict(record.headers)["padding"]) for record in written) > REQUEST_BYTES_MAX
        assert len(written) == FLOOD
        assert not await read_all(broker.address, echo, toy.partitions)
        worker = toy_worker(tmp_path / "b", toy.settings())
        await until_done(toy, worker)
        worker.terminate()
    finally:
        end_all(filter(None, [killed, worker]))
    published = await read_all(broker.address, echo, toy.partitions)
    assert [record.value for record in published] == [b"%d" % number for number in range(FLOOD)]
    assert await toy.compare() == RIGHT


async def test_a_kill_inside_an_open_transaction_loses_and_doubles_nothing(
    broker: EmbeddedBroker, tmp_path: Path
) -> None:
    toy = await new_toy(broker.address, 8000, 1000)
    small = toy.settings(uncommitted_max=200, read_max=100, transaction_timeout_ms=60_000)
    killed = toy_worker(tmp_path / "a", small, hook={"point": "acknowledged", "at": 5, "act": "kill"})
    worker = None
    try:
        assert await killed.exit_code() == -9
        assert await open_transactions(broker.address, toy.changelog, toy.partitions)
        worker = toy_worker(tmp_path / "b", toy.settings())
        await until_done(toy, worker)
        worker.terminate()
    finally:
        end_all(filter(None, [killed, worker]))
    assert killed.events("hook")
    assert await toy.compare() == RIGHT
    assert worker.events("fenced"), "the new owner ended the dead one's transaction"
