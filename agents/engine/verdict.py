"""What the error codes of an answer mean for a transaction."""

from collections.abc import Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import ConcurrentTransactions, DuplicateSequenceNumber, KafkaError, ProducerFenced, for_code

from agents.engine.direct import Answer
from agents.engine.membership import RefusedError

FENCED = {47, 90}
"""INVALID_PRODUCER_EPOCH and PRODUCER_FENCED."""
REFUSALS = {
    22: "ILLEGAL_GENERATION",
    25: "UNKNOWN_MEMBER_ID",
    27: "REBALANCE_IN_PROGRESS",
    82: "FENCED_INSTANCE_ID",
    120: "TRANSACTION_ABORTABLE",
}
"""The transaction can only be aborted, and nothing else is wrong."""


def codes_of(answer: Any) -> Mapping[TopicPartition | None, int]:
    """The error codes of one of our answers or of aiokafka's, by place; None is all of it."""
    if isinstance(answer, Answer):
        return answer.errors
    if hasattr(answer, "error_code"):
        return {None: answer.error_code}
    topics = answer.errors if hasattr(answer, "errors") else answer.topics
    return {TopicPartition(topic, each[0]): each[1] for topic, theirs in topics for each in theirs}


def error_of(code: int) -> Exception | None:
    """What the code says is wrong; None for nothing. What was written before is written."""
    if code in (0, DuplicateSequenceNumber.errno):
        return None
    if code in REFUSALS:
        return RefusedError(REFUSALS[code])
    made: Exception = ProducerFenced() if code in FENCED else for_code(code)()
    return made


def passing(error: Exception) -> bool:
    """Whether the same may work in a moment."""
    return isinstance(error, ConcurrentTransactions) or (isinstance(error, KafkaError) and bool(error.retriable))
