"""How far a relay has read its input, as everybody can see it: by the group's offsets and the topics' ends."""

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError

from schemas import topics
from tests.kafka.harness import reader

LOOK_S = 0.3
TAIL_MS, TRIALS = 300, 10


class Progress:
    """Of one application id."""

    def __init__(self, address: str, app_id: str, lanes: int) -> None:
        self.address, self.app_id = address, app_id
        self.places = [TopicPartition(topic.name, lane) for topic in topics.INPUTS for lane in range(lanes)]

    async def committed(self) -> dict[TopicPartition, int]:
        """How far the group is."""
        client = AIOKafkaAdminClient(bootstrap_servers=self.address)
        try:
            await client.start()
            found = await client.list_consumer_group_offsets(self.app_id, partitions=self.places)
        except GroupCoordinatorNotAvailableError:  # the first group of a new broker
            return {}
        finally:
            await client.close()
        return {place: meta.offset for place, meta in found.items() if meta.offset >= 0}

    async def ends(self) -> dict[TopicPartition, int]:
        """Where the topics end."""
        async with reader(self.address, "read_uncommitted") as consumer:
            ends: dict[TopicPartition, int] = await consumer.end_offsets(self.places)
        return ends

    async def ends_patiently(self) -> dict[TopicPartition, int]:
        """The same; a broker that does not answer is asked again."""
        while True:
            try:
                return await self.ends()
            except (KafkaError, OSError):
                await asyncio.sleep(LOOK_S)

    async def until_committing(self, bound_s: float = 60) -> None:
        """Wait for the first commit."""
        async with asyncio.timeout(bound_s):
            while not await self.committed():  # noqa: ASYNC110  other processes commit
                await asyncio.sleep(LOOK_S)

    async def until_past(self, marks: Mapping[TopicPartition, int], bound_s: float) -> None:
        """Wait until nothing below these offsets is left; a broker that does not answer is asked again."""
        left: dict[TopicPartition, int] = {}
        try:
            async with asyncio.timeout(bound_s):
                while True:
                    try:
                        left = await self.below(marks)
                    except (KafkaError, OSError):
                        left = dict.fromkeys(marks, -1)
                    if not left:
                        return
                    await asyncio.sleep(LOOK_S)
        except TimeoutError as error:
            raise AssertionError(f"not read within {bound_s} s: {left}") from error

    async def below(self, marks: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """The places where records below the mark are not read yet, and from where on."""
        done = await self.committed()
        behind = {place: done.get(place, 0) for place, mark in marks.items() if done.get(place, 0) < mark}
        # A partition that is written by transactions ends with markers and with what was aborted: nothing to be read.
        written = {place: offset for place, offset in behind.items() if place.topic == topics.LETTER.name}
        if len(written) < len(behind) or not written:
            return behind
        async with reader(self.address) as consumer:
            return {place: behind[place] for place in await _unread(consumer, behind, marks)}


async def _unread(
    consumer: AIOKafkaConsumer, behind: Mapping[TopicPartition, int], marks: Mapping[TopicPartition, int]
) -> set[TopicPartition]:
    """Where a committed record lies in [offset, mark), or a transaction is still open there."""
    consumer.assign(list(behind))
    for place, offset in behind.items():
        consumer.seek(place, offset)
    left, found = set(behind), set[TopicPartition]()
    for _ in range(TRIALS):
        found |= (await consumer.getmany(timeout_ms=TAIL_MS)).keys()
        left = {place for place in left if await consumer.position(place) < marks[place]}
        if not left - found:
            break
    return found | left
