"""The AsyncAPI document names every topic and message, and each of its references leads somewhere."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas import publish, topics
from schemas.asyncapi import document
from schemas.codec import KINDS

DOCUMENT = document()
FILES = publish.documents().keys()


def references(node: Any) -> Iterator[str]:
    match node:
        case {"$ref": str(target)}:
            yield target
        case dict():
            for child in node.values():
                yield from references(child)
        case list():
            for child in node:
                yield from references(child)


def test_every_topic_is_a_channel_with_its_own_configuration() -> None:
    assert list(DOCUMENT["channels"]) == [topic.name for topic in topics.TOPICS]
    activity = DOCUMENT["channels"]["leads.activity.v1"]["bindings"]["kafka"]
    assert activity["partitions"] == topics.PARTITIONS
    assert activity["topicConfiguration"] == {
        "cleanup.policy": ["delete"],
        "retention.ms": 90 * 86_400_000,
        "message.timestamp.type": "LogAppendTime",
    }
    assert DOCUMENT["channels"]["leads.agreement.v1"]["bindings"]["kafka"]["partitions"] == 1


def test_every_event_type_is_a_message_of_its_topic() -> None:
    for kind in KINDS:
        assert kind.type in DOCUMENT["channels"][kind.topic]["messages"]
        assert kind.type in DOCUMENT["components"]["messages"]


def test_every_message_is_carried_by_one_channel() -> None:
    carried = [name for channel in DOCUMENT["channels"].values() for name in channel["messages"]]
    assert sorted(carried) == sorted(DOCUMENT["components"]["messages"])


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_a_reference_leads_somewhere(reference: str) -> None:
    file, _, path = reference.partition("#/")
    if file:
        assert file.removeprefix("./") in FILES
        return
    node: Any = DOCUMENT
    for step in path.split("/"):
        node = node[step]
    assert node


def test_the_worker_receives_its_inputs_and_sends_the_rest() -> None:
    actions = {(node["action"], node["channel"]["$ref"].rsplit("/", 1)[1]) for node in DOCUMENT["operations"].values()}
    assert {name for action, name in actions if action == "receive"} == {
        *(topic.name for topic in topics.INPUTS),
        topics.AGREEMENT.name,
    }
    assert {name for action, name in actions if action == "send"} == {
        topic.name for topic in (*topics.OUTPUTS, topics.LETTER, topics.FACT, topics.DEADLETTER)
    }
