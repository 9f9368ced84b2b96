"""Every event type has examples, every example is of a type, and each is what its contract and its schema say."""

from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from schemas import publish, topics
from schemas.codec import BY_TYPE, KINDS, Message, decode, plain
from schemas.envelope import instant, rfc3339
from tests.schemas.made import EXAMPLES, INPUT_EXAMPLES, binary, kind_of, structured

FORMATS = Draft202012Validator.FORMAT_CHECKER


def test_each_type_has_an_example_and_each_example_a_type() -> None:
    assert {event["type"] for event in EXAMPLES.values()} == BY_TYPE.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_file_is_named_after_the_type_and_the_case(name: str) -> None:
    kind = kind_of(EXAMPLES[name])
    assert name.startswith(kind.type.removeprefix("leadrelay.").removesuffix("v1"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_data_are_what_the_published_schema_says(name: str) -> None:
    event = EXAMPLES[name]
    schema = orjson.loads((publish.FOLDER / f"{event['type']}.json").read_bytes())
    Draft202012Validator(schema, format_checker=FORMATS).validate(event["data"])
    assert event["data"].keys() <= schema["properties"].keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_data_are_what_the_contract_says(name: str) -> None:
    event = EXAMPLES[name]
    data = kind_of(event).adapter.validate_json(orjson.dumps(event["data"]), strict=True)
    written = orjson.loads(plain(data))
    assert event["data"].items() <= written.items()


@pytest.mark.parametrize("name", INPUT_EXAMPLES)
@pytest.mark.parametrize("mode", [binary, structured])
def test_an_input_is_taken_in_both_modes(name: str, mode: Any) -> None:
    event = EXAMPLES[name]
    message = decode(*mode(event))
    assert message == Message(
        event["id"],
        event["source"],
        kind_of(event).name,
        event["subject"],
        instant(event["time"]),
        rfc3339(instant(event["time"])),
        kind_of(event).adapter.validate_python(event["data"]),
    )


def test_what_we_publish_is_said_by_us_alone() -> None:
    ours = {topic.name for topic in (*topics.OUTPUTS, topics.LETTER)}
    assert {event["type"] for event in EXAMPLES.values() if event["source"] == "leadrelay"} == {
        kind.type for kind in KINDS if kind.topic in ours
    }


def test_ids_are_used_once_by_a_source() -> None:
    seen = [(event["source"], event["id"]) for event in EXAMPLES.values() if event["source"] != "leadrelay"]
    assert len(set(seen)) == len(seen)
