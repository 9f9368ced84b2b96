"""Describes all topics in one AsyncAPI 3 document, for those who write to them or read from them.

Sources: AsyncAPI 3.0.0; its Kafka bindings 0.5.0.
"""

from collections.abc import Iterator
from inspect import getdoc
from typing import Any

from pydantic import TypeAdapter

from schemas import topics
from schemas.bounds import Id
from schemas.codec import KINDS
from schemas.envelope import REASONS
from schemas.topics import Topic

Node = dict[str, Any]
BINDING = "0.5.0"
DESCRIPTION = (
    "Runs the agreement between marketing and sales: what leads did and what sales did comes in; handoffs, returns, "
    "nurture steps and notices go out. Every topic is keyed, and partition p of all topics is one lane."
)
ID: Node = TypeAdapter(Id).json_schema()
TEXT: Node = {"type": "string"}
LISTED = ("cleanup.policy",)
"""Topic configuration that AsyncAPI writes as a list; what is a number is written as a number."""


def document() -> Node:
    """The AsyncAPI document; payloads are references to the schemas beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "leadrelay",
            "version": "1.0.0",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in topics.TOPICS},
        "operations": dict(_operations()),
        "components": {"messages": dict(_messages()), "messageTraits": {"cloudevent": _cloudevent()}},
    }


def carried(topic: Topic) -> list[str]:
    """The names of the messages that a topic carries."""
    return [kind.type for kind in KINDS if kind.topic == topic.name] or [topic.name.replace("leads.", "leadrelay.")]


def _channel(topic: Topic) -> Node:
    return {
        "address": topic.name,
        "description": topic.purpose,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in carried(topic)},
        "tags": [{"name": f"owner:{topic.owner}"}],
        "bindings": {
            "kafka": {
                "partitions": topic.partitions or topics.PARTITIONS,
                "topicConfiguration": {name: _setting(name, value) for name, value in topic.config.items()},
                "bindingVersion": BINDING,
            }
        },
    }


def _setting(name: str, value: str) -> Any:
    if name in LISTED:
        return value.split(",")
    return int(value) if value.isdigit() else value


def _operations() -> Iterator[tuple[str, Node]]:
    for topic in topics.TOPICS:
        for action, users in (("receive", topic.readers), ("send", topic.writers)):
            if "worker" in users:
                yield (
                    f"{action}-{topic.name}",
                    {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}, "summary": topic.purpose},
                )


def _messages() -> Iterator[tuple[str, Node]]:
    for kind in KINDS:
        yield (
            kind.type,
            {
                "name": kind.type,
                "title": kind.contract.__name__,
                "summary": getdoc(kind.contract),
                "contentType": "application/json",
                "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
                "payload": _payload(kind.type),
            },
        )
    yield _other(topics.FACT, _payload("leadrelay.fact.v1"))
    yield _other(topics.AGREEMENT, TEXT, contentType="application/toml")
    reason = {"type": "string", "enum": list(REASONS)}
    errors = {"__connect.errors.exception.class.name": reason, "__connect.errors.exception.message": TEXT}
    yield _other(topics.DEADLETTER, {}, headers={"type": "object", "properties": errors})


def _payload(name: str) -> Node:
    return {"schemaFormat": "application/schema+json;version=2020-12", "schema": {"$ref": f"./{name}.json"}}


def _other(topic: Topic, payload: Node, **more: Any) -> tuple[str, Node]:
    """A message that is no CloudEvent."""
    (name,) = carried(topic)
    bindings = {"kafka": {"key": TEXT | {"description": topic.key}, "bindingVersion": BINDING}}
    return name, {"name": name, "summary": topic.purpose, **more, "payload": payload, "bindings": bindings}


def _cloudevent() -> Node:
    """CloudEvents in binary mode: attributes are headers, the data is the value, the subject is the key."""
    attributes = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": ID | {"description": "With ce_source, the identity for duplicates."},
        "ce_source": ID,
        "ce_type": TEXT | {"description": "The message's name."},
        "ce_subject": ID | {"description": "The lead's id, also the record's key."},
        "ce_time": TEXT | {"format": "date-time", "description": "When it happened."},
    }
    return {
        "headers": {"type": "object", "properties": attributes, "required": list(attributes)},
        "bindings": {"kafka": {"key": ID, "bindingVersion": BINDING}},
    }
