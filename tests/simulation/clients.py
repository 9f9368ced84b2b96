"""The engine's port to Kafka over the model broker: the engine's own consumer and producer, over a client."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Self

from aiokafka import TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import KafkaConnectionError, KafkaError, NodeNotReadyError, RequestTimedOutError
from aiokafka.protocol.offset import OffsetRequest

from agents.engine.consumer import DirectConsumer
from agents.engine.edges import EARLIEST
from agents.engine.producer import TransactionalProducer
from agents.engine.settings import EngineSettings
from agents.engine.wire import Fetch
from tests.simulation.broker import Answer, Ask
from tests.simulation.network import Line, Network
from tests.simulation.producing import answer_of, call_of

LOST = (NodeNotReadyError, RequestTimedOutError)
NODE = 1


class Offsets:
    """The answer to a request for offsets."""

    def __init__(self, found: dict[TopicPartition, int]) -> None:
        topics = defaultdict(list)
        for place, offset in found.items():
            topics[place.topic].append((place.partition, 0, -1, offset))
        self.topics = list(topics.items())


class WireClient:
    """What the engine sees of aiokafka's client: one node that leads everything."""

    def __init__(self, network: Network, fetch_max: int = 0) -> None:
        self._network, self._line, self._fetch_max = network, Line(), fetch_max
        self._coordination = Line()
        self.cluster = self

    async def close(self) -> None:
        """Nothing is open."""

    async def coordinator_lookup(self, _kind: Any, _key: str) -> int:
        return NODE

    def leader_for_partition(self, _place: TopicPartition) -> int:
        return NODE

    def set_topics(self, _topics: Iterable[str]) -> None:
        """All are known."""

    async def add_topic(self, _topic: str) -> None:
        """All are known."""

    async def bootstrap(self) -> None:
        """Begin as each client does.

        Raises:
            KafkaConnectionError: No broker could be reached.
        """
        try:
            await self._network.call(self._line, "partitions")
        except LOST as error:
            raise KafkaConnectionError from error

    async def force_metadata_update(self) -> bool:
        try:
            await self._network.call(self._line, "partitions")
        except LOST:
            return False
        return True

    async def send(self, _node: int, request: Any, *, group: Any = ConnectionGroup.DEFAULT) -> Any:
        if isinstance(request, Fetch):
            return await self._fetch(request)
        if not isinstance(request, OffsetRequest):
            return await self._transact(request, self._line if group == ConnectionGroup.DEFAULT else self._coordination)
        asked = {TopicPartition(topic, partition): at for topic, each in request._topics for partition, at in each}
        latest = "stable" if request._isolation_level else "end"
        what, places = "start" if EARLIEST in asked.values() else latest, tuple(asked)
        return Offsets(await self._network.call(self._line, "offsets", places, what))

    async def _transact(self, request: Any, line: Line) -> Any:
        api, arguments = call_of(request)
        result = error = None
        try:
            result = await self._network.call(line, api, *arguments)
        except LOST:
            raise
        except KafkaError as raised:
            error = raised
        return answer_of(request, result, error)

    async def _fetch(self, request: Fetch) -> Answer:
        limits = request.limits
        ask = Ask(
            request.session,
            request.offsets,
            request.forgotten,
            committed=bool(limits["committed"]),
            wait_s=limits["wait_ms"] / 1000,
            records_max=self._fetch_max,
        )
        answer: Answer = await self._network.call(self._line, "fetch", ask)
        return answer


class ModelConsumer(DirectConsumer):
    """The engine's consumer, which holds its fetches longer: the model answers at once when something comes."""

    HOLD_MS = 500

    async def __aenter__(self) -> Self:
        await self._client.bootstrap()
        self.hold(1, self.HOLD_MS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def hold(self, min_bytes: int, wait_ms: int) -> None:
        super().hold(min_bytes, max(wait_ms, self.HOLD_MS))


class ModelKafka:
    """Makes the clients of one simulated worker.

    Args:
        network: Between it and the broker.
        settings: Of the worker.
        fetch_max: Records that a fetch brings, or a few more.
    """

    def __init__(self, network: Network, settings: EngineSettings, fetch_max: int) -> None:
        self.network, self._settings, self._fetch_max = network, settings, fetch_max
        self._line = Line()

    def consumer(self, level: Any, **_options: Any) -> ModelConsumer:
        bound_s = self._settings.request_timeout_ms / 1000
        return ModelConsumer(WireClient(self.network, self._fetch_max), level, bound_s=bound_s)

    async def start_producer(self, name: str) -> TransactionalProducer:
        client: Any = WireClient(self.network)
        producer = TransactionalProducer(client, self._settings, name)
        await producer.start()
        return producer

    async def discard(self, producer: TransactionalProducer) -> None:
        await producer.close()

    async def end_transaction_of(self, name: str) -> None:
        await (await self.start_producer(name)).close()

    async def partitions(self) -> dict[str, int] | None:
        try:
            found: dict[str, int] = await self.network.call(self._line, "partitions")
        except LOST:
            return None
        return found
