"""The transactional producer: what it asks, in which order, and what it does with the answers."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    ProducerFenced,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import (
    AddOffsetsToTxnRequest,
    AddPartitionsToTxnRequest,
    EndTxnRequest,
)

from agents.engine import producer as module
from agents.engine.membership import Membership, RefusedError
from agents.engine.producer import TransactionalProducer
from agents.engine.requests import End, ImplicitOffsets, Offsets, Produce
from agents.engine.settings import EngineSettings
from agents.engine.verdict import REFUSALS
from tests.agents.engine.talking import Client, Said, batches_of, written

GROUP = Membership("app", 9, "m-1", None)
IN, OUT = TopicPartition("in", 0), TopicPartition("out", 1)
NOT_LEADER, NOT_COORDINATOR, CONCURRENT, DUPLICATE, TOO_LARGE, ENDED_BY_OTHERS = 6, 16, 51, 46, 10, 48


async def started(version: int = 2, **said: list[Said]) -> tuple[TransactionalProducer, Client]:
    client, settings = Client(version, **said), EngineSettings(app_id="app", brokers=("b",), inputs=("in",))
    made: Any = client
    producer = TransactionalProducer(made, settings, "app-w0")
    await producer.start()
    client.asked.clear()
    return producer, client


async def put(producer: TransactionalProducer, *places: TopicPartition, value: bytes = b"v") -> list[Any]:
    """Hand a batch over for each place, in one turn."""
    waiting = []
    for place in places:
        batch = producer.create_batch()
        batch.append(timestamp=None, key=b"k", value=value, headers=[])
        waiting.append(await producer.send_batch(batch, place.topic, partition=place.partition))
    return waiting


async def one_transaction(producer: TransactionalProducer, places: Iterable[TopicPartition] = (IN, OUT)) -> None:
    await producer.begin_transaction()
    await asyncio.gather(*await put(producer, *places))
    await producer.send_offsets_to_transaction({IN: 5}, GROUP)
    await producer.commit_transaction()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_S", 0.0)


async def test_a_transaction_takes_three_requests() -> None:
    producer, client = await started()
    await one_transaction(producer)
    assert [type(each) for each in client.asked if not isinstance(each, str)] == [Produce, ImplicitOffsets, End]


async def test_each_transaction_has_an_epoch_and_numbers_of_its_own() -> None:
    producer, client = await started()
    for _ in range(2):
        await one_transaction(producer)
    first, second = (written(request) for request in client.asked if isinstance(request, Produce))
    assert first == [(IN, 0, 0, [b"v"]), (OUT, 0, 0, [b"v"])]
    assert second == [(IN, 1, 0, [b"v"]), (OUT, 1, 0, [b"v"])]


async def test_before_version_2_partitions_and_group_are_named_once_in_each_transaction() -> None:
    producer, client = await started(version=1)
    await producer.begin_transaction()
    await asyncio.gather(*await put(producer, IN))
    await asyncio.gather(*await put(producer, IN, OUT))
    for offset in (5, 6):
        await producer.send_offsets_to_transaction({IN: offset}, GROUP)
    await producer.commit_transaction()
    await one_transaction(producer, [IN])
    requests = [request for request in client.asked if not isinstance(request, str)]
    kinds = (AddPartitionsToTxnRequest, ProduceRequest, AddPartitionsToTxnRequest, ProduceRequest)
    again = (AddPartitionsToTxnRequest, ProduceRequest, AddOffsetsToTxnRequest, Offsets, EndTxnRequest)
    assert [type(each) for each in requests] == [
        *kinds,
        AddOffsetsToTxnRequest,
        Offsets,
        Offsets,
        EndTxnRequest,
        *again,
    ]
    assert [each._topics for each in requests if isinstance(each, AddPartitionsToTxnRequest)] == [
        [("in", [0])],
        [("out", [1])],
        [("in", [0])],
    ]
    numbers = [written(each)[0][:3] for each in requests if isinstance(each, ProduceRequest)]
    assert numbers == [(IN, 0, 0), (IN, 0, 1), (IN, 0, 2)], "one epoch, and numbers that go on"


async def test_batches_of_one_partition_leave_one_after_the_other() -> None:
    producer, client = await started()
    await producer.begin_transaction()
    await asyncio.gather(*[done for value in (b"1", b"2") for done in await put(producer, IN, value=value)])
    assert [written(each) for each in client.asked] == [[(IN, 0, 0, [b"1"])], [(IN, 0, 1, [b"2"])]]


async def test_a_request_holds_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REQUEST_BYTES", 250)
    producer, client = await started()
    await producer.begin_transaction()
    places = [TopicPartition("in", number) for number in range(3)]
    await asyncio.gather(*await put(producer, *places, value=b"v" * 100))
    assert [list(batches_of(each)) for each in client.asked] == [[place] for place in places]


async def test_nothing_is_said_of_a_transaction_in_which_nothing_happened() -> None:
    producer, client = await started()
    await producer.begin_transaction()
    await producer.commit_transaction()
    assert client.asked == []


@pytest.mark.parametrize("code", [NOT_LEADER, CONCURRENT])
async def test_what_may_pass_is_tried_again_with_the_same_bytes(code: int) -> None:
    producer, client = await started(Produce=[code, NodeNotReadyError()])
    await one_transaction(producer)
    tried = [request for request in client.asked if isinstance(request, Produce)]
    assert len(tried) == 3
    assert len({tuple(request.batches.values()) for request in tried}) == 1
    assert ("metadata" in client.asked) == (code == NOT_LEADER)


async def test_what_was_written_before_is_written() -> None:
    producer, client = await started(Produce=[DUPLICATE])
    await one_transaction(producer)
    assert sum(isinstance(request, Produce) for request in client.asked) == 1


async def test_a_topic_that_nobody_is_known_to_lead_is_asked_for() -> None:
    producer, client = await started()
    client.unknown = {"out"}
    await one_transaction(producer)
    assert sorted(place for each in client.asked if isinstance(each, Produce) for place in each.batches) == [IN, OUT]


async def test_what_cannot_pass_is_told_to_whoever_waits_for_it() -> None:
    producer, client = await started(Produce=[TOO_LARGE])
    await producer.begin_transaction()
    (done,) = await put(producer, IN)
    with pytest.raises(MessageSizeTooLargeError):
        await done
    await producer.abort_transaction()
    assert (client.names()[0], client.names()[-1]) == ("Produce", "End")


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("code", [code for code in REFUSALS if code != 120])
async def test_a_refusal_leaves_the_transaction_open(code: int, version: int) -> None:
    producer, client = await started(version, Offsets=[code], ImplicitOffsets=[code])
    await producer.begin_transaction()
    await asyncio.gather(*await put(producer, IN))
    with pytest.raises(RefusedError, match=REFUSALS[code]):
        await producer.send_offsets_to_transaction({IN: 5}, GROUP)
    await producer.abort_transaction()
    end: Any = client.asked[-1]
    assert not (end.commit if version > 1 else end._transaction_result)
    await one_transaction(producer)


async def test_a_transaction_that_the_broker_gave_up_can_be_aborted() -> None:
    producer, client = await started(Produce=[120])
    await producer.begin_transaction()
    (done,) = await put(producer, IN)
    with pytest.raises(RefusedError, match="TRANSACTION_ABORTABLE"):
        await done
    await producer.abort_transaction()
    assert isinstance(client.asked[-1], End)


@pytest.mark.parametrize(
    ("kind", "code"),
    [*((kind, code) for kind in ("Produce", "ImplicitOffsets", "End") for code in (47, 90)), ("End", ENDED_BY_OTHERS)],
)
async def test_who_is_fenced_says_nothing_more(kind: str, code: int) -> None:
    producer, client = await started(**{kind: [code]})
    with pytest.raises(ProducerFenced):
        await one_transaction(producer)
    client.asked.clear()
    calls: list[Callable[[], Any]] = [
        producer.begin_transaction,
        lambda: put(producer, IN),
        lambda: producer.send_offsets_to_transaction({IN: 5}, GROUP),
        producer.commit_transaction,
        producer.abort_transaction,
    ]
    for call in calls:
        with pytest.raises(ProducerFenced):
            await call()
    assert client.asked == []


@pytest.mark.parametrize("said", [NOT_COORDINATOR, KafkaConnectionError(), NodeNotReadyError()], ids=repr)
async def test_a_coordinator_that_is_gone_is_looked_for_again(said: Said) -> None:
    producer, client = await started(ImplicitOffsets=[said], End=[said])
    await one_transaction(producer)
    looked = [each for each in client.asked if isinstance(each, str) and each.startswith("who")]
    assert looked == ["who coordinates app?", "who coordinates app?", "who coordinates app-w0?"]


async def test_a_coordinator_is_not_looked_for_again_while_markers_are_written() -> None:
    producer, client = await started(End=[CONCURRENT, CONCURRENT])
    await one_transaction(producer)
    assert client.names().count("End") == 3
    assert "who coordinates app-w0?" not in client.asked


async def test_a_coordinator_is_looked_for_again_when_the_broker_goes_away_in_an_answer() -> None:
    producer, client = await started(coordinator_lookup=[KafkaConnectionError(), NodeNotReadyError(), 1])
    await one_transaction(producer)
    assert isinstance(client.asked[-1], End)


async def test_a_refusal_of_the_name_is_not_asked_for_again() -> None:
    with pytest.raises(TransactionalIdAuthorizationFailed):
        await started(coordinator_lookup=[TransactionalIdAuthorizationFailed()])


async def test_taking_a_name_waits_for_the_end_of_its_transaction() -> None:
    producer, _ = await started(InitProducerIdRequest=[CONCURRENT, CONCURRENT])
    await producer.begin_transaction()


async def test_a_closed_producer_says_nothing_more() -> None:
    producer, client = await started()
    await producer.begin_transaction()
    await put(producer, IN)
    await producer.close()
    await asyncio.sleep(0)
    assert client.asked == ["closed"]
    with pytest.raises(ProducerFenced):
        await producer.commit_transaction()
