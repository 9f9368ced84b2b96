"""What the tests of the contracts are made of: the examples, and records of them in both modes."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, NamedTuple

import orjson

from schemas import topics
from schemas.codec import BY_TYPE, KINDS, Kind

EXAMPLES: Mapping[str, dict[str, Any]] = {
    path.name: orjson.loads(path.read_bytes())
    for path in sorted((files("schemas") / "examples").iterdir(), key=lambda path: path.name)
}
INPUTS = {topic.name for topic in topics.INPUTS}
INPUT_KINDS = [kind for kind in KINDS if kind.topic in INPUTS]
INPUT_EXAMPLES = [name for name, event in EXAMPLES.items() if BY_TYPE[event["type"]].topic in INPUTS]
EVENT: Mapping[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "https://site",
    "type": "leadrelay.activity.form_submitted.v1",
    "subject": "lead-1",
    "time": "2026-11-24T10:00:00+01:00",
    "datacontenttype": "application/json",
    "data": {"form": "newsletter"},
}
"""An event that is right, to be spoilt."""


class Record(NamedTuple):
    """What `decode` takes."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def kind_of(event: Mapping[str, Any]) -> Kind:
    return BY_TYPE[event["type"]]


def topic_of(event: Mapping[str, Any]) -> str:
    """The topic of an event, that of activities when nobody knows its type."""
    kind = BY_TYPE.get(event["type"])
    return kind.topic if kind else topics.ACTIVITY.name


def structured(event: Mapping[str, Any]) -> Record:
    headers = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    return Record(topic_of(event), event["subject"].encode(), orjson.dumps(event), headers)


def binary(event: Mapping[str, Any]) -> Record:
    headers = tuple(
        (f"ce_{name}", text.encode()) for name, text in event.items() if name not in {"data", "datacontenttype"}
    )
    content = ("content-type", event["datacontenttype"].encode())
    return Record(topic_of(event), event["subject"].encode(), orjson.dumps(event["data"]), (content, *headers))


def nodes(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every schema inside a schema that says what a value may be, references resolved once by `$defs`."""
    yield schema
    for children in ("properties", "patternProperties", "$defs"):
        for child in schema.get(children, {}).values():
            yield from nodes(child)
    for children in ("anyOf", "oneOf", "prefixItems"):
        for child in schema.get(children, ()):
            yield from nodes(child)
    for child in ("items", "additionalProperties"):
        if isinstance(schema.get(child), dict):
            yield from nodes(schema[child])
    if "propertyNames" in schema:
        yield from nodes({"type": "string", **schema["propertyNames"]})
