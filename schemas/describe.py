"""Makes a contract's JSON Schema, with an identity of its own and with the sentence below a field as description."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

Schema = dict[str, Any]


class _Plain(GenerateJsonSchema):
    """Without a title for each field, which would say its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  the signature is pydantic's
        return False


def described(name: str, contract: type[object]) -> Schema:
    """The JSON Schema (2020-12) of a contract, named `urn:leadrelay:schema:{name}`."""
    schema = TypeAdapter(contract).json_schema(schema_generator=_Plain)
    module = sys.modules[contract.__module__]
    notes = _notes(module)
    _shut(schema)
    for title, definition in ((contract.__name__, schema), *schema.get("$defs", {}).items()):
        _annotate(definition, [notes[kind] for kind in _family(module, title)])
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:leadrelay:schema:{name}"} | schema


def _shut(node: Any) -> None:
    """Let a map with a pattern for its keys have no others; pydantic refuses them but writes a schema that does not."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for child in node.values():
            _shut(child)


def _family(module: ModuleType, title: str) -> Iterator[str]:
    """The names of a class and of its bases in the same module."""
    for kind in getattr(module, title).__mro__:
        if kind.__module__ == module.__name__:
            yield kind.__name__


def _annotate(definition: Schema, notes: list[Mapping[str, str]]) -> None:
    for field, schema in definition.get("properties", {}).items():
        for note in notes:
            # a field that is a word of Python has an underscore there: from_
            told = note.get(field) or note.get(f"{field}_")
            if told:
                schema["description"] = told


@cache
def _notes(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    """The strings below the fields of a module's classes, by class and field."""
    tree = ast.parse(inspect.getsource(module))
    return {kind.name: dict(_sentences(kind)) for kind in tree.body if isinstance(kind, ast.ClassDef)}


def _sentences(kind: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for above, below in pairwise(kind.body):
        match above, below:
            case ast.AnnAssign(target=ast.Name(id=field)), ast.Expr(value=ast.Constant(value=str(text))):
                yield field, inspect.cleandoc(text)
