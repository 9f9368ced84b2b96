"""The journal's facts: each has its name, and every line of it is what the published schema says."""

import re
from typing import get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from schemas import publish
from schemas.fact import NAMES, Fact, HandedOver
from schemas.line import Line
from tests.schemas.anything import data_of

JOURNAL = Draft202012Validator(orjson.loads((publish.FOLDER / "leadrelay.fact.v1.json").read_bytes()))


def test_each_fact_has_a_name_of_its_own() -> None:
    assert NAMES.keys() == set(get_args(Fact))
    assert len(set(NAMES.values())) == len(NAMES)
    assert NAMES[HandedOver] == "handed_over"
    assert all(re.fullmatch("[a-z_]+", name) for name in NAMES.values())


@pytest.mark.parametrize("kind", NAMES, ids=NAMES.get)
@settings(max_examples=20)
@given(data=st.data())
def test_every_line_is_what_the_published_schema_says(kind: type, data: st.DataObject) -> None:
    adapter = TypeAdapter(kind)
    fact = adapter.validate_python(data.draw(data_of(kind)))
    line = Line(NAMES[kind], "lead-1", "2026-11-24T10:00:00.000Z", "a3-1042", 1, fact)
    written = orjson.loads(orjson.dumps(line))
    JOURNAL.validate(written)
    assert adapter.validate_json(orjson.dumps(written["data"])) == fact
