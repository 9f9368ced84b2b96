"""Makes a contract's JSON Schema, with an identity of its own and with the sentence below a field as description."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

Schema = dict[str, Any]
OURS = "schemas."


class _Plain(GenerateJsonSchema):
    """Without a title for each field, which would say its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  the signature is pydantic's
        return False


def described(name: str, contract: type[object]) -> Schema:
    """The JSON Schema (2020-12) of a contract, named `urn:leadrelay:schema:{name}`."""
    schema = TypeAdapter(contract).json_schema(schema_generator=_Plain)
    kinds = {kind.__name__: kind for kind in _reached(contract)}
    _shut(schema)
    for title, definition in ((contract.__name__, schema), *schema.get("$defs", {}).items()):
        _annotate(definition, [_notes(sys.modules[kind.__module__])[kind.__name__] for kind in _family(kinds[title])])
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:leadrelay:schema:{name}"} | schema


def _shut(node: Any) -> None:
    """Let a map with a pattern for its keys have no others; pydantic refuses them but writes a schema that does not."""
    if isinstance(node, dict):
        if "patternProperties" in node:
            node["additionalProperties"] = False
        for child in node.values():
            _shut(child)


def _reached(hint: Any) -> Iterator[type[object]]:
    """The contracts that a contract or a hint is made of, itself included."""
    if isinstance(hint, type) and hint.__module__.startswith(OURS):
        yield hint
        hint = tuple[*get_type_hints(hint).values()]  # type: ignore[misc]  # what its fields are
    for each in get_args(hint):
        yield from _reached(each)


def _family(contract: type[object]) -> Iterator[type[object]]:
    """A contract and its bases, as far as they are ours."""
    return (kind for kind in contract.__mro__ if kind.__module__.startswith(OURS))


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
