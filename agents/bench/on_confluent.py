"""The loop that one would write with confluent-kafka: consume, decide, produce, commit now and then. Not exact."""

from confluent_kafka import Consumer, KafkaException, Message, Producer

from agents.bench.places import app_id, changelog
from agents.bench.plain import Decided
from agents.bench.scoring import Scoring, scoring
from agents.bench.stopwatch import Job, Stopwatch
from schemas.topics import ACTIVITY
from streams.record import Line

SYSTEM = "confluent"
POLL_S = 1.0
POLL_RECORDS = 500
LINGER_MS = 10
QUEUE = 50_000
"""Records that wait to be sent; with more we wait for some to be gone."""


def run(job: Job) -> None:
    """Handle the job's events, one after the other."""
    plain, place = scoring(SYSTEM, job), {"bootstrap.servers": job.address}
    consumer = Consumer({**place, "group.id": app_id(SYSTEM), "auto.offset.reset": "earliest"})
    producer = Producer({**place, "linger.ms": LINGER_MS})
    consumer.subscribe([ACTIVITY.name])
    stopwatch = Stopwatch(job)
    handled = _relay(consumer, producer, plain, stopwatch)
    producer.flush()
    stopwatch.finish(handled, plain.handoffs)
    consumer.close()


def _relay(consumer: Consumer, producer: Producer, plain: Scoring, stopwatch: Stopwatch) -> int:
    rows: dict[bytes | None, bytes] = {}
    handled = 0
    while handled < stopwatch.job.events:
        messages = consumer.consume(POLL_RECORDS, POLL_S)
        for message in messages:
            record = _record(message)
            decided = plain.decide(record, rows.get(record.key))
            if decided is not None:
                rows[record.key] = decided.row
                _produce(producer, record, decided)
        while len(producer) > QUEUE:
            producer.poll(POLL_S)
        producer.poll(0)
        handled += len(messages)
        stopwatch.reached(handled)
    return handled


def _record(message: Message) -> Line:
    if (error := message.error()) is not None:
        raise KafkaException(error)
    _, arrived_at = message.timestamp()
    place = message.topic(), message.partition(), message.offset()
    return Line(*place, arrived_at, message.key(), message.value(), message.headers() or [])


def _produce(producer: Producer, record: Line, decided: Decided) -> None:
    producer.produce(changelog(SYSTEM), decided.row, record.key, record.partition)
    for topic, key, value, headers in decided.outputs:
        producer.produce(topic, value, key, record.partition, headers=[*headers])


if __name__ == "__main__":
    run(Job.given())
