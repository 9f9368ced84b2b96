"""Any value that a contract's schema allows, for laws that hold for every event."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import TypeAdapter

Schema = Mapping[str, Any]


@cache
def data_of(contract: type) -> SearchStrategy[Any]:
    """Any JSON value that the contract allows."""
    return anything(TypeAdapter(contract).json_schema())


def anything(schema: Schema, root: Schema | None = None) -> SearchStrategy[Any]:
    """Any JSON value that the schema allows; `root` holds what it refers to."""
    root = root or schema
    for keyword, make in BY_KEYWORD.items():
        if keyword in schema:
            return make(schema, root)
    return BY_TYPE[schema["type"]](schema, root)


def _array(schema: Schema, root: Schema) -> SearchStrategy[Any]:
    if "prefixItems" in schema:
        return st.tuples(*(anything(form, root) for form in schema["prefixItems"])).map(list)
    return st.lists(anything(schema["items"], root), max_size=3)


def _object(schema: Schema, root: Schema) -> SearchStrategy[Any]:
    if "additionalProperties" in schema:
        names = _text({"minLength": 0, **schema["propertyNames"]}, root)
        return st.dictionaries(names, anything(schema["additionalProperties"], root), max_size=3)
    fields = {name: anything(form, root) for name, form in schema["properties"].items()}
    needed = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: value for name, value in fields.items() if name in needed},
        optional={name: value for name, value in fields.items() if name not in needed},
    )


def _text(schema: Schema, _: Schema) -> SearchStrategy[str]:
    if "A-Z" in schema.get("pattern", ""):
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: len(text) <= schema["maxLength"])
    characters = st.characters(codec="utf-8", exclude_categories=["Cc"] if "pattern" in schema else [])
    longest = schema["maxLength"]
    return st.text(characters, min_size=schema.get("minLength", 0), max_size=min(longest, 8)) | st.just("é" * longest)


BY_KEYWORD: Mapping[str, Callable[[Schema, Schema], SearchStrategy[Any]]] = {
    "$ref": lambda schema, root: anything(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root),
    "const": lambda schema, _: st.just(schema["const"]),
    "enum": lambda schema, _: st.sampled_from(schema["enum"]),
    "anyOf": lambda schema, root: st.one_of(*(anything(form, root) for form in schema["anyOf"])),
}
BY_TYPE: Mapping[str, Callable[[Schema, Schema], SearchStrategy[Any]]] = {
    "boolean": lambda _, __: st.booleans(),
    "null": lambda _, __: st.none(),
    "integer": lambda schema, _: st.integers(schema["minimum"], schema["maximum"]),
    "number": lambda schema, _: st.floats(schema["minimum"], schema["maximum"]),
    "array": _array,
    "object": _object,
    "string": _text,
}
