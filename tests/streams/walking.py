"""Every agreement that differs from another one in a single value, found by walking through the model's schema."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import orjson
from pydantic import ValidationError

from schemas.agreement import Agreement

Schema = Mapping[str, Any]
Change = tuple[str, Any]
"""Where a value was changed, and the whole with that change."""
SCHEMA: Schema = Agreement.model_json_schema()
WORDS = ("first", "other", "09:00", "10:00", "DE", "FR", "A", "B", "1", "2", "A1", "B2", "")
"""Texts, of which each form of a text allows two."""
ALIKE = 2
"""The first so many things of a list stand for all of them."""
TIMES = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2026-01-01T02:00:00+01:00")


def plain(tree: Any) -> Any:
    """A copy as JSON has it, with instants as texts."""
    return orjson.loads(orjson.dumps(tree))


def agreement(tree: Any) -> Agreement:
    """The agreement, whether it makes sense or not."""
    return Agreement.model_validate_json(orjson.dumps(tree))


def full() -> Any:
    """An agreement in which every key is given."""
    return next(_values(SCHEMA))


def changed(tree: Any) -> Iterator[tuple[str, Agreement]]:
    """All agreements that differ in a value, in a key that is left out or added, in one more or one less of a list."""
    own = agreement(tree)
    for path, other in _changes(SCHEMA, tree, ""):
        try:
            found = agreement(other)
        except ValidationError:
            continue  # two of a kind, like a list that must not be empty
        if found != own:
            yield path, found


def _values(schema: Schema) -> Iterator[Any]:
    """Values that the schema allows, the fullest first; at least two that differ, if it allows so many."""
    if "$ref" in schema:
        yield from _values(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    elif "anyOf" in schema:
        yield from chain.from_iterable(_values(form) for form in _forms(schema))
    elif "enum" in schema or "const" in schema:
        yield from schema.get("enum") or [schema["const"]]
    else:
        yield from BY_TYPE[schema["type"]](schema)


def _forms(schema: Schema) -> list[Schema]:
    """The kinds of values, the most telling first: a table says more than a word."""
    forms = [form for form in schema["anyOf"] if form.get("type") != "null"]
    return sorted(forms, key=lambda form: "$ref" not in form)


def _texts(schema: Schema) -> Iterator[str]:
    if schema.get("format") == "date-time":
        yield from TIMES
        return
    least, most = schema.get("minLength", 0), schema["maxLength"]
    form = re.compile(schema.get("pattern", ""))
    fitting = [word for word in WORDS if least <= len(word) <= most and form.search(word)]
    yield from dict.fromkeys((*fitting[:2], fitting[-1]))


def _tables(schema: Schema) -> Iterator[Any]:
    if "properties" in schema:
        yield {name: next(_values(form)) for name, form in schema["properties"].items()}
        return
    names, form = _of_a_map(schema)
    for name in names:
        yield {name: next(_values(form))}


def _of_a_map(schema: Schema) -> tuple[list[str], Schema]:
    if "patternProperties" in schema:
        [(pattern, form)] = schema["patternProperties"].items()
        return [word for word in WORDS if word and re.search(pattern, word)], form
    names = _values({"type": "string", "maxLength": 9, "minLength": 1} | schema.get("propertyNames", {}))
    return [*names], schema["additionalProperties"]


def _changes(schema: Schema, value: Any, path: str) -> Iterator[Change]:
    """The value with one change, wherever in it."""
    if "$ref" in schema:
        yield from _changes(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, path)
        return
    for form in schema.get("anyOf", ()):
        if form.get("type") != "null":
            yield from _changes(form, value, path)
    if schema.get("type") == "object" and isinstance(value, dict):
        yield from _in_table(schema, value, path) if "properties" in schema else _in_map(schema, value, path)
    elif schema.get("type") == "array" and isinstance(value, list):
        yield from _in_list(schema, value, path)
    elif "anyOf" not in schema:
        # one thing says the same as a list of it
        yield from ((path, other) for other in _values(schema) if value not in (other, [other]) and other != [value])


def _in_table(schema: Schema, value: Any, path: str) -> Iterator[Change]:
    for name, form in schema["properties"].items():
        if name not in value:
            yield from ((f"{path}.{name}", {**value, name: other}) for other in _values(form))
            continue
        yield f"{path}.{name} left out", {key: each for key, each in value.items() if key != name}
        for where, other in _changes(form, value[name], f"{path}.{name}"):
            yield where, {**value, name: other}


def _in_map(schema: Schema, value: Any, path: str) -> Iterator[Change]:
    names, form = _of_a_map(schema)
    for name in names:
        if name not in value:
            yield f"{path}.{name} added", {**value, name: next(_values(form))}
    for name in value:
        yield f"{path}.{name} left out", {key: each for key, each in value.items() if key != name}
        for where, other in _changes(form, value[name], f"{path}.{name}"):
            yield where, {**value, name: other}


def _in_list(schema: Schema, value: Any, path: str) -> Iterator[Change]:
    for place, each in enumerate(value[:ALIKE]):
        yield f"{path}.{place} left out", [*value[:place], *value[place + 1 :]]
        for where, other in _changes(schema["items"], each, f"{path}.{place}"):
            yield where, [*value[:place], other, *value[place + 1 :]]
    for other in _values(schema["items"]):
        if other not in value and not isinstance(other, dict):
            yield f"{path} with {other!r} added", [*value, other]


def _numbers(schema: Schema) -> Iterator[int]:
    low, high = schema.get("minimum", 0), schema.get("maximum", 0)
    yield from {min(high, max(low, number)): None for number in (2, 3, high, low)}


def _floats(schema: Schema) -> Iterator[float]:
    return iter((2.0, 2.5, schema.get("maximum", 3.0), 1 / 3))


BY_TYPE = {
    "string": _texts,
    "object": _tables,
    "array": lambda schema: ([value] for value in _values(schema["items"])),
    "integer": _numbers,
    "number": _floats,
    "boolean": lambda _: iter((True, False)),
}
