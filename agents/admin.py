"""Makes the topics of the catalogue on any Kafka cluster, and says where a cluster differs from the catalogue."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple, Protocol

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from agents.errors import LeadrelayError

REACH_S = 10.0
SETTLE_S = 15.0
PAUSE_S = 0.05
COPIES_MAX = 3


class Topic(Protocol):
    """What this module needs of a row of the catalogue."""

    @property
    def name(self) -> str:
        """The topic's name."""

    @property
    def partitions(self) -> int | None:
        """How many partitions; None means the number of lanes."""

    @property
    def config(self) -> Mapping[str, str]:
        """Kafka's topic settings by Kafka's names."""


class Difference(NamedTuple):
    """One way in which a cluster differs from the catalogue; `key` is empty unless a setting differs."""

    topic: str
    kind: Literal["missing", "partitions", "config"]
    key: str
    wanted: str
    found: str


@asynccontextmanager
async def connected(address: str, **options: Any) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give an admin client of the cluster; `options` are aiokafka's, such as `security_protocol`.

    Raises:
        LeadrelayError: No broker answers at the address, or the cluster refuses a request.
    """
    client = AIOKafkaAdminClient(bootstrap_servers=address, **options)
    try:
        async with asyncio.timeout(REACH_S):
            await client.start()
    except (KafkaError, OSError) as error:  # TimeoutError is an OSError
        await client.close()
        raise LeadrelayError(
            "no Kafka broker answers",
            f"{address}: {str(error) or type(error).__name__}",
            "start it (`leadrelay broker start`), or set LEADRELAY_BROKER to the right address",
        ) from error
    try:
        yield client
    except (KafkaError, TimeoutError) as error:
        raise _refused(address, error) from error
    finally:
        await client.close()


async def create(address: str, topics: Iterable[Topic], lanes: int, **options: Any) -> list[str]:
    """Make the topics that the cluster lacks, wait until they can be written to, and return their names.

    Topics that exist stay as they are: `check` says whether that is as it should be.
    """
    async with connected(address, **options) as client:
        present = set(await client.list_topics())
        absent = [topic for topic in topics if topic.name not in present]
        if absent:
            copies = min(COPIES_MAX, len((await client.describe_cluster())["brokers"]))
            await _create(client, absent, lanes, copies)
            await _settle(client, [topic.name for topic in absent])
    return [topic.name for topic in absent]


async def check(address: str, topics: Iterable[Topic], lanes: int, **options: Any) -> list[Difference]:
    """Return each difference between the cluster and the catalogue; an empty list means that all is well."""
    wanted = list(topics)
    async with connected(address, **options) as client:
        described = await client.describe_topics()
        partitions = {topic["topic"]: len(topic["partitions"]) for topic in described}
        present = [topic for topic in wanted if topic.name in partitions]
        configs = await _configs(client, present)
    found = {topic.name: (partitions[topic.name], configs[topic.name]) for topic in present}
    return [difference for topic in wanted for difference in _differences(topic, lanes, found.get(topic.name))]


def _differences(topic: Topic, lanes: int, found: tuple[int, Mapping[str, str]] | None) -> list[Difference]:
    partitions = topic.partitions or lanes
    if found is None:
        return [Difference(topic.name, "missing", "", f"{partitions} partitions", "no such topic")]
    count, config = found
    counts = [Difference(topic.name, "partitions", "", str(partitions), str(count))] if count != partitions else []
    return counts + [
        Difference(topic.name, "config", key, value, config.get(key, "unset"))
        for key, value in topic.config.items()
        if config.get(key) != value
    ]


async def _create(client: AIOKafkaAdminClient, topics: list[Topic], lanes: int, copies: int) -> None:
    rows = [
        NewTopic(topic.name, topic.partitions or lanes, copies, topic_configs=dict(topic.config)) for topic in topics
    ]
    response = await client.create_topics(rows)
    for name, code, message in response.topic_errors:
        failure = for_code(code)
        if code and failure is not TopicAlreadyExistsError:  # another process may have been quicker
            raise failure(f"topic {name}: {message}")


async def _settle(client: AIOKafkaAdminClient, names: list[str]) -> None:
    async with asyncio.timeout(SETTLE_S):
        while not all(_writable(topic) for topic in await client.describe_topics(names)):  # noqa: ASYNC110 - the cluster's
            await asyncio.sleep(PAUSE_S)


def _writable(topic: Mapping[str, Any]) -> bool:
    return not topic["error_code"] and all(part["leader"] >= 0 for part in topic["partitions"])


async def _configs(client: AIOKafkaAdminClient, topics: list[Topic]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    responses = await client.describe_configs(resources) if resources else []
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for response in responses
        for _, _, _, name, entries in response.resources
    }


def _refused(address: str, error: Exception) -> LeadrelayError:
    return LeadrelayError(
        "the Kafka cluster refused",
        f"{address}: {str(error) or type(error).__name__}",
        "check the rights and the limits of this client there, then try again",
    )
