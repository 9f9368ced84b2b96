"""The loop that one would write with aiokafka alone: consume, decide, produce, commit now and then. Not exact."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents.bench.places import app_id, changelog
from agents.bench.scoring import Scoring, scoring
from agents.bench.stopwatch import Job, Stopwatch
from schemas.topics import ACTIVITY

SYSTEM = "aiokafka"
POLL_MS = 1000
LINGER_MS = 10
BATCH_BYTES = 256 * 1024


async def run(job: Job) -> None:
    """Handle the job's events, one after the other."""
    plain = scoring(SYSTEM, job)
    consumer = AIOKafkaConsumer(
        ACTIVITY.name, bootstrap_servers=job.address, group_id=app_id(SYSTEM), auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=job.address, linger_ms=LINGER_MS, max_batch_size=BATCH_BYTES)
    await consumer.start()
    await producer.start()
    stopwatch = Stopwatch(job)
    handled = await _relay(consumer, producer, plain, stopwatch)
    await producer.flush()
    stopwatch.finish(handled, plain.handoffs)
    await consumer.stop()
    await producer.stop()


async def _relay(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, plain: Scoring, stopwatch: Stopwatch) -> int:
    rows: dict[bytes, bytes] = {}
    place, handled = changelog(SYSTEM), 0
    while handled < stopwatch.job.events:
        for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
            for record in records:
                decided = plain.decide(record, rows.get(record.key))
                if decided is not None:
                    rows[record.key] = decided.row
                    await producer.send(place, decided.row, record.key, partition=record.partition)
                    for topic, key, value, headers in decided.outputs:
                        await producer.send(topic, value, key, partition=record.partition, headers=list(headers))
            handled += len(records)
            stopwatch.reached(handled)
    return handled


if __name__ == "__main__":
    asyncio.run(run(Job.given()))
