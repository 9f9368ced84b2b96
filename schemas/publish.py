"""Writes `schemas/published/`: what the contracts say, for those who don't read Python. `python -m schemas.publish`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from schemas import asyncapi
from schemas.agreement import Agreement
from schemas.codec import KINDS
from schemas.describe import Schema, described
from schemas.fact import NAMES
from schemas.line import Line

FOLDER = Path(__file__).parent / "published"


def documents() -> Mapping[str, bytes]:
    """Every published file: its name and what is in it."""
    return {f"{name}.json": orjson.dumps(schema, option=orjson.OPT_INDENT_2) + b"\n" for name, schema in _schemas()}


def _schemas() -> Iterator[tuple[str, Schema]]:
    for kind in KINDS:
        yield kind.type, described(kind.type, kind.contract)
    yield "leadrelay.fact.v1", _journal()
    yield "leadrelay.agreement.v1", described("leadrelay.agreement.v1", Agreement)
    yield "asyncapi", asyncapi.document()


def _journal() -> Schema:
    """The journal: which fact a line names decides the form of its data."""
    schema = described("leadrelay.fact.v1", Line)
    del schema["properties"]["data"]
    schema["properties"]["fact"]["enum"] = list(NAMES.values())
    schema["oneOf"] = [
        {"properties": {"fact": {"const": name}, "data": {"$ref": f"#/$defs/{kind.__name__}"}}}
        for kind, name in NAMES.items()
    ]
    return schema


def main() -> None:
    """Write all files, and delete those that no contract stands behind any more."""
    FOLDER.mkdir(exist_ok=True)
    files = documents()
    for orphan in {path.name for path in FOLDER.iterdir()} - files.keys():
        (FOLDER / orphan).unlink()
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":  # pragma: no cover
    main()
