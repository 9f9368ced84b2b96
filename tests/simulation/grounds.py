"""Where scripts are played: on the model broker in virtual time, and on the real broker."""

import asyncio
import random
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    for_code,
)
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from agents.engine.clients import Clients
from agents.engine.settings import EngineSettings
from tests.kafka.harness import create_topics
from tests.simulation.broker import Bounds, ModelBroker
from tests.simulation.clients import ModelKafka
from tests.simulation.group import Claim, FencedInstanceIdError
from tests.simulation.judge import Judge
from tests.simulation.loop import VirtualLoop
from tests.simulation.network import Line, Network, Weather
from tests.simulation.scene import Joined, Scene

SESSION_S, REBALANCE_S = 6.0, 20.0
TRANSACTION_MS = 2000
FENCED_INSTANCE_ID, MEMBER_ID_REQUIRED = 82, 79
NOT_YET = (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError)


class Nobody(Judge):
    """Judges nothing."""

    def __init__(self) -> None:
        super().__init__("", 0)

    def accepted(self, *_: Any) -> None:
        """Let it be."""

    def decided(self, *_: Any) -> None:
        """Let it be."""


class ModelGround:
    """The model broker."""

    topic, group, name = "topic", "group", "name"

    def __init__(self, loop: VirtualLoop, *, implicit: bool) -> None:
        bounds = Bounds(SESSION_S, REBALANCE_S, lambda: 0.001, implicit)
        self.broker = ModelBroker(loop, {self.topic: 2}, bounds, Nobody())
        self.network = Network(loop, self.broker, random.Random(1), Weather(storms=0))  # noqa: S311  a seed
        settings = EngineSettings(
            app_id=self.group, brokers=("model",), inputs=(self.topic,), transaction_timeout_ms=TRANSACTION_MS
        )
        self.kafka = ModelKafka(self.network, settings, 100)

    async def write(self, partition: int, value: bytes) -> None:
        self.broker.write(TopicPartition(self.topic, partition), [(b"k", value, ())])

    async def committed(self) -> dict[TopicPartition, int]:
        return dict(self.broker.group.offsets)

    async def join(self, member_id: str, instance: str | None) -> Joined:
        joined = await self.network.call(Line(patient=True), "join", member_id, instance)
        return Joined(joined.generation, joined.member_id, bool(joined.members))

    async def sync(self, joined: Joined, instance: str | None) -> None:
        claim = Claim(joined.generation, joined.member_id, instance)
        await self.network.call(Line(patient=True), "sync", claim, {} if joined.leader else None)

    async def heartbeat(self, joined: Joined) -> None:
        await self.network.call(Line(), "heartbeat", joined.generation, joined.member_id)


def play_on_model(script: Any, *, implicit: bool = True) -> list[Any]:
    """Play a script in virtual time, on a broker with transaction version 2 or one without."""
    loop = VirtualLoop()
    try:
        seen: list[Any] = loop.run_until_complete(Scene(ModelGround(loop, implicit=implicit)).play(script))
    finally:
        loop.bury()
    return seen


class RealGround:
    """The real broker; each has a topic, a group and names of its own."""

    def __init__(self, address: str) -> None:
        self.name = self.topic = self.group = f"script-{uuid4().hex[:8]}"
        self._address = address
        settings = EngineSettings(
            app_id=self.group, brokers=(address,), inputs=(self.topic,), transaction_timeout_ms=TRANSACTION_MS
        )
        self.kafka = Clients(settings)

    async def write(self, partition: int, value: bytes) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self._address) as producer:
            await producer.send_and_wait(self.topic, value, b"k", partition=partition)

    async def committed(self) -> dict[TopicPartition, int]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._address)
        await admin.start()
        try:
            places = [TopicPartition(self.topic, partition) for partition in range(2)]
            found = await admin.list_consumer_group_offsets(self.group, partitions=places)
        finally:
            await admin.close()
        return {place: each.offset for place, each in found.items() if each.offset >= 0}

    async def _ask(self, request: Any) -> Any:
        """Ask over a connection of its own: a broker answers one request of a connection after the other."""
        client = AIOKafkaClient(bootstrap_servers=self._address, request_timeout_ms=40_000)
        try:
            await client.bootstrap()
            return await self._answer(client, request)
        except NOT_YET:  # the first group of a new broker
            await asyncio.sleep(0.2)
            return await self._ask(request)
        finally:
            await client.close()

    async def _answer(self, client: AIOKafkaClient, request: Any) -> Any:
        node = await client.coordinator_lookup(CoordinationType.GROUP, self.group)
        answer = await client.send(node, request)
        if answer.error_code == FENCED_INSTANCE_ID:
            raise FencedInstanceIdError
        if answer.error_code not in (0, MEMBER_ID_REQUIRED):
            raise for_code(answer.error_code)
        return answer

    async def join(self, member_id: str, instance: str | None) -> Joined:
        times = (int(SESSION_S * 1000), int(REBALANCE_S * 1000))
        request = JoinGroupRequest(self.group, *times, member_id, instance, "consumer", [("any", b"")])
        answer = await self._ask(request)
        if answer.error_code == MEMBER_ID_REQUIRED:
            return await self.join(answer.member_id, instance)
        return Joined(answer.generation_id, answer.member_id, answer.leader_id == answer.member_id)

    async def sync(self, joined: Joined, instance: str | None) -> None:
        assignment = [(joined.member_id, b"")] if joined.leader else []
        await self._ask(SyncGroupRequest(self.group, joined.generation, joined.member_id, instance, assignment))

    async def heartbeat(self, joined: Joined) -> None:
        await self._ask(HeartbeatRequest(self.group, joined.generation, joined.member_id))


async def play_on_real(address: str, script: Any) -> list[Any]:
    """Play a script on the real broker."""
    ground = RealGround(address)
    await create_topics(address, 2, {ground.topic: {}})
    await asyncio.sleep(0.2)
    return await Scene(ground).play(script)
