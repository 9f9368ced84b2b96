"""The agreement's file: as editors check it, and as it is read."""

import re
import tomllib
from importlib.resources import files
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from schemas import publish
from schemas.agreement import Agreement, Hours
from schemas.words import PATTERNS

TREE = tomllib.loads((files("schemas") / "agreement.toml").read_text("utf-8"))
EDITOR = Draft202012Validator(orjson.loads((publish.FOLDER / "leadrelay.agreement.v1.json").read_bytes()))


def spoilt(path: str, value: object) -> dict[str, Any]:
    """The default agreement with one value changed, its time as an editor sees it."""
    tree: dict[str, Any] = orjson.loads(orjson.dumps(TREE))
    node = tree
    *sections, last = path.split(".")
    for section in sections:
        node = node[section]
    node[last] = value
    return tree


def test_an_editor_accepts_the_default_agreement() -> None:
    EDITOR.validate(spoilt("agreement.number", 2))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("agreement.number", 0),
        ("agreement.nummer", 1),
        ("fit.ceiling", "50"),
        ("hours.from", "9:00"),
        ("hours.to", "24:30"),
        ("hours.days", []),
        ("hours.holidays", "de"),
        ("return.reasons", {"No answer": ""}),
        ("nurture.stages", {"leed": "awareness"}),
        ("pursuit.response_hours", 0),
        ("handoff.conversions", ["demos"]),
    ],
)
def test_an_editor_and_the_reader_refuse_the_same(path: str, value: object) -> None:
    tree = spoilt(path, value)
    assert not EDITOR.is_valid(tree)
    tree["agreement"]["effective_from"] = TREE["agreement"]["effective_from"]
    with pytest.raises(ValidationError):
        Agreement.model_validate(tree)


def test_work_may_end_at_midnight() -> None:
    hours = Hours.model_validate({"zone": "UTC", "days": ["mon"], "from": "00:00", "to": "24:00"})
    assert (hours.from_, hours.to, hours.holidays) == ("00:00", "24:00", "")


def test_every_pattern_is_told_in_words() -> None:
    schema = orjson.dumps(Agreement.model_json_schema()).decode()
    parts = re.split('"pattern":"|"patternProperties":{"', schema)[1:]
    used = {orjson.loads(f'"{part.split(chr(34))[0]}"') for part in parts}
    assert used == PATTERNS.keys()
