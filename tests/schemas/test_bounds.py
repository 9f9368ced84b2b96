"""No message can grow a row without limit: every string, list, map and number of every contract has an end."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas import bounds
from schemas.agreement import Agreement
from schemas.codec import KINDS
from schemas.line import Line
from tests.schemas.made import nodes

CONTRACTS = {**{kind.type: kind.contract for kind in KINDS}, "fact": Line, "agreement": Agreement}


def unbounded(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in nodes(schema) if not bounded(node)]


def bounded(node: Mapping[str, Any]) -> bool:
    if "type" not in node:
        return bool(node.keys() & {"$ref", "anyOf"})
    ends = ENDS[node["type"]]
    return ends(node)


def an_interval(node: Mapping[str, Any]) -> bool:
    return bool(node.keys() & {"minimum", "exclusiveMinimum"}) and "maximum" in node


def a_finite_map(node: Mapping[str, Any]) -> bool:
    free = node.get("additionalProperties", False)
    return (
        (free is False and "patternProperties" not in node)
        or "maxProperties" in node
        or "enum" in node.get("propertyNames", {})
    )


ENDS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "string": lambda node: bool(node.keys() & {"maxLength", "enum", "const"}) or node.get("format") == "date-time",
    "array": lambda node: "maxItems" in node,
    "integer": an_interval,
    "number": an_interval,
    "object": a_finite_map,
    "boolean": lambda _: True,
    "null": lambda _: True,
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_string_list_map_and_number_has_an_end(name: str) -> None:
    assert unbounded(TypeAdapter(CONTRACTS[name]).json_schema()) == []


@pytest.mark.parametrize(
    "open_ended", [str, int, float, list[bounds.Name], tuple[bounds.Name, ...], dict[bounds.Name, bool], Any]
)
def test_what_has_no_end_is_found(open_ended: object) -> None:
    assert unbounded(TypeAdapter(open_ended).json_schema())


@pytest.mark.parametrize("wrong", ["", "a" * 129, "a\x00", "\x1f", "a\n", "\x7f", "\x85", None, 5])
def test_an_identity_has_1_to_128_characters_and_none_that_control(wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(bounds.Id).validate_python(wrong, strict=True)


@pytest.mark.parametrize("right", ["a", "é" * 128, "lead 5", "a/b?c=\u2028", "\U0001f600"])
def test_an_identity_may_be_written_in_any_script(right: str) -> None:
    assert TypeAdapter(bounds.Id).validate_python(right) == right


@pytest.mark.parametrize("wrong", ["eur", "EURO", "E", "", "EUR\n"])
def test_a_currency_has_three_capital_letters(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(bounds.Currency).validate_python(wrong)


@pytest.mark.parametrize("wrong", [-0.01, 1e13, float("nan"), float("inf"), "5", True])
def test_an_amount_is_a_finite_number(wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(bounds.Amount).validate_python(wrong, strict=True)
