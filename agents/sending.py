"""Sends records to Kafka in large batches, without doubles and without losing one unnoticed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache, partial
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from agents.errors import LeadrelayError
from agents.parcels import Parcel
from streams.routing import lane_of

REACH_S = 10.0
PATIENCE_S = 20.0
CLOSE_S = 3.0
BATCH_BYTES = 256 * 1024
KEYS_REMEMBERED = 200_000

Place = tuple[str, int]


class Sender:
    """Hands parcels over to Kafka, in order within each partition.

    Attributes:
        acknowledged: Records that are in the log, by topic.
    """

    def __init__(self, producer: AIOKafkaProducer, brokers: Sequence[str]) -> None:
        self.acknowledged: Counter[str] = Counter()
        self._producer, self._brokers = producer, brokers
        self._batches: dict[Place, Any] = {}
        self._waiting: set[asyncio.Future[Any]] = set()
        self._failure: BaseException | None = None
        self._partitions: dict[str, int] = {}
        self._lane_of = lru_cache(KEYS_REMEMBERED)(lane_of)

    async def expect(self, *topics: str) -> None:
        """Make sure that these topics are there.

        Raises:
            LeadrelayError: One is missing.
        """
        async with asyncio.timeout(REACH_S):
            known = await self._producer.client.fetch_all_metadata()
        for topic in topics:
            self._partitions[topic] = len(known.partitions_for_topic(topic) or ())
            if not self._partitions[topic]:
                raise missing(self._brokers, topic)

    async def put(self, parcel: Parcel, partition: int | None = None) -> None:
        """Take a parcel for a topic that is expected; it may wait for company until `flush`.

        Without a partition it goes where Kafka's default partitioner puts its key, and to the first one without a key.
        """
        if partition is None:
            key = parcel.key
            partition = self._lane_of(key, self._partitions[parcel.topic]) if key is not None else 0
        place = parcel.topic, partition
        batch = self._batches.get(place)
        if batch is None or not _append(batch, parcel):
            if batch is not None:
                await self._send(place, batch)
            batch = self._batches[place] = self._producer.create_batch()
            _append(batch, parcel)  # a batch takes its first record whatever its size

    async def flush(self) -> None:
        """Hand over everything that was put."""
        batches, self._batches = self._batches, {}
        for place, batch in batches.items():
            await self._send(place, batch)

    async def settle(self) -> None:
        """Return when everything that was put is in the log.

        Raises:
            LeadrelayError: Kafka refuses something, or stays silent for PATIENCE_S.
        """
        await self.flush()
        while self._waiting:
            done, _ = await asyncio.wait(self._waiting, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                raise self._silent(f"no acknowledgement within {PATIENCE_S:.0f} s")
        self._raise_failure()

    async def _send(self, place: Place, batch: Any) -> None:
        self._raise_failure()
        topic, partition = place
        try:
            async with asyncio.timeout(PATIENCE_S):
                future = await self._producer.send_batch(batch, topic, partition=partition)
        except (KafkaError, TimeoutError) as error:
            raise self._silent(str(error) or f"no room within {PATIENCE_S:.0f} s") from error
        self._waiting.add(future)
        future.add_done_callback(partial(self._done, topic, batch.record_count()))

    def _done(self, topic: str, count: int, future: "asyncio.Future[Any]") -> None:
        self._waiting.discard(future)
        if future.cancelled():
            return
        failure = future.exception()
        if failure is None:
            self.acknowledged[topic] += count
        else:
            self._failure = self._failure or failure

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise LeadrelayError(
                "Kafka refused events",
                str(self._failure) or type(self._failure).__name__,
                "check the rights and the limits of this client there, then feed again: repeated ids are recognised",
            ) from self._failure

    def _silent(self, detail: str) -> LeadrelayError:
        return LeadrelayError(
            "Kafka does not answer any more",
            f"{', '.join(self._brokers)}: {detail}; {self.acknowledged.total():,} events are in the log",
            "see that it runs, then feed again: repeated ids are recognised",
        )


def _append(batch: Any, parcel: Parcel) -> bool:
    # aiokafka takes a list of headers and nothing else
    _, key, value, headers, _ = parcel
    return batch.append(timestamp=None, key=key, value=value, headers=list(headers)) is not None


def missing(brokers: Sequence[str], topic: str) -> LeadrelayError:
    """A topic is not there."""
    return LeadrelayError(
        "a topic is missing",
        f"{topic} does not exist on {', '.join(brokers)}",
        "run `leadrelay topics create`, or set LEADRELAY_BROKER and LEADRELAY_APP_ID to the right relay",
    )


def away(brokers: Sequence[str], error: Exception) -> LeadrelayError:
    """No broker answers."""
    return LeadrelayError(
        "no Kafka broker answers",
        f"{', '.join(brokers)}: {str(error) or type(error).__name__}",
        "start it (`leadrelay broker start`), or set LEADRELAY_BROKER to the right address",
    )


@asynccontextmanager
async def started(producer: AIOKafkaProducer, brokers: Sequence[str]) -> AsyncIterator[AIOKafkaProducer]:
    """Connect a producer, and close it at the end, whatever happened.

    Raises:
        LeadrelayError: No broker answers.
    """
    try:
        async with asyncio.timeout(REACH_S):
            await producer.start()
        yield producer
    except (KafkaError, OSError) as error:  # TimeoutError is an OSError
        raise away(brokers, error) from error
    finally:
        await _close(producer)


@asynccontextmanager
async def sender(brokers: Sequence[str], **options: Any) -> AsyncIterator[Sender]:
    """Connect, and close at the end, whatever happened; `options` are aiokafka's, such as `security_protocol`.

    Raises:
        LeadrelayError: No broker answers.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=list(brokers), enable_idempotence=True, max_batch_size=BATCH_BYTES, **options
    )
    async with started(producer, brokers):
        yield Sender(producer, brokers)


async def _close(producer: AIOKafkaProducer) -> None:
    """Close within a bound: without a broker aiokafka would wait for one."""
    with suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await producer.stop()
    with suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(CLOSE_S):
            await producer.client.close()
