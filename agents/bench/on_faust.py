"""The app that one would write with stock Faust: an agent, a table with a row per lead. At least once."""

import asyncio
from typing import Any

import faust

from agents.bench.places import app_id, output
from agents.bench.plain import Decided
from agents.bench.scoring import scoring
from agents.bench.stopwatch import Job, Stopwatch
from agents.engine.process import leave
from schemas import topics
from streams.record import Line

SYSTEM = "faust"
TABLE = "leads"
NOTE_EVERY = 100
GRACE_S = 1.0
"""Faust's `flush` returns before its last record is out."""


def build(job: Job) -> faust.App:
    """Make the app."""
    app = faust.App(
        app_id(SYSTEM),
        broker=f"kafka://{job.address}",
        store="memory://",
        datadir=f"{job.result}-data",
        topic_partitions=job.lanes,
        topic_disable_leader=True,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        key_serializer="raw",
        value_serializer="raw",
    )
    table = app.Table(TABLE, partitions=job.lanes, key_type=bytes, value_type=bytes)
    outputs = {place: _topic(app, place) for place in (output(SYSTEM, topic.name) for topic in topics.OUTPUTS)}
    plain, stopwatch = scoring(SYSTEM, job), Stopwatch(job)

    async def relay(stream: Any) -> None:
        handled, following = 0, dict.fromkeys(range(job.lanes), 0)
        async for event in stream.events():
            record = _record(event.message)
            decided = plain.decide(record, table.get(record.key))
            if decided is not None:
                table[record.key] = decided.row
                await _publish(outputs, decided, record.partition)
            handled += record.offset >= following[record.partition]  # a rebalance gives some a second time
            following[record.partition] = max(record.offset + 1, following[record.partition])
            if handled % NOTE_EVERY == 0:
                stopwatch.reached(handled)
            if handled == job.events:
                await app.producer.flush()
                stopwatch.finish(handled, plain.handoffs)
                await asyncio.sleep(GRACE_S)
                leave(0)

    app.agent(_topic(app, topics.ACTIVITY.name))(relay)
    return app


async def _publish(outputs: dict[str, Any], decided: Decided, partition: int) -> None:
    for topic, key, value, headers in decided.outputs:
        await outputs[topic].send(key=key, value=value, headers=dict(headers), partition=partition)


def _topic(app: faust.App, name: str) -> Any:
    return app.topic(name, key_type=bytes, value_type=bytes)


def _record(message: Any) -> Line:
    arrived_at = int(message.timestamp * 1000)
    return Line(
        message.topic, message.partition, message.offset, arrived_at, message.key, message.value, message.headers
    )


if __name__ == "__main__":
    worker = build(Job.given())
    worker.finalize()
    faust.Worker(worker, loglevel="WARN", quiet=True, redirect_stdouts=False).execute_from_commandline()
