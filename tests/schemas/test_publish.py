"""The published schemas are what the contracts say, and nothing else is published."""

from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, ValidationError

from schemas import publish
from schemas.codec import KINDS
from schemas.fact import NAMES

DOCUMENTS = publish.documents()
SCHEMAS = {name: orjson.loads(content) for name, content in DOCUMENTS.items() if name != "asyncapi.json"}


def test_the_folder_holds_what_the_contracts_say() -> None:
    found = {path.name: path.read_bytes() for path in publish.FOLDER.iterdir()}
    assert found.keys() == DOCUMENTS.keys(), "run: python -m schemas.publish"
    assert [name for name in found if found[name] != DOCUMENTS[name]] == [], "run: python -m schemas.publish"


def test_each_event_type_is_published_with_its_name_and_a_description() -> None:
    for kind in KINDS:
        schema = SCHEMAS[f"{kind.type}.json"]
        assert schema["$id"] == f"urn:leadrelay:schema:{kind.type}"
        assert schema["title"] == kind.contract.__name__
        assert schema["description"] == kind.contract.__doc__


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


def test_the_sentence_below_a_field_is_its_description() -> None:
    profile = SCHEMAS["leadrelay.activity.profile_given.v1.json"]["properties"]
    assert profile["company_size"]["description"] == "Employees; 0 when unknown."
    assert profile["campaign"]["description"] == "What brought it here.", "inherited"
    assert "description" not in profile["role"], "none is made up"
    entry = SCHEMAS["leadrelay.handoff.requested.v1.json"]["$defs"]["PointEntry"]["properties"]
    assert entry["at"]["description"] == "When the last of them happened."
    hours = SCHEMAS["leadrelay.agreement.v1.json"]["$defs"]["Hours"]["properties"]
    assert hours["from"]["description"].startswith("When work begins"), "a field that is a word of Python"


LINE = {"fact": "taken_on", "lead": "l-1", "at": "2026-11-24T10:00:00.000Z", "cause": "f3-7", "agreement": 1}


def test_a_fact_decides_the_form_of_its_line() -> None:
    journal = Draft202012Validator(SCHEMAS["leadrelay.fact.v1.json"])
    journal.validate(LINE | {"data": {"by": "kim"}})
    for wrong in ({"data": {}}, {"data": {"by": "kim"}, "fact": "arrived"}, {"data": {"by": "kim"}, "fact": "x"}, {}):
        with pytest.raises(ValidationError):
            journal.validate(LINE | wrong)


def test_the_journal_has_a_form_for_each_fact() -> None:
    journal = SCHEMAS["leadrelay.fact.v1.json"]
    named = [form["properties"]["data"]["$ref"].rsplit("/", 1)[1] for form in journal["oneOf"]]
    assert named == [kind.__name__ for kind in NAMES]
    assert set(named) == journal["$defs"].keys()


def test_publishing_writes_what_is_missing_and_removes_orphans(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "FOLDER", tmp_path / "published")
    publish.main()
    (publish.FOLDER / "leadrelay.activity.forgotten.v1.json").write_text("{}")
    publish.main()
    assert {path.name: path.read_bytes() for path in publish.FOLDER.iterdir()} == DOCUMENTS
