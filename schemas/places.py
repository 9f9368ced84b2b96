"""Finds the line of a key in a TOML text, so that a mistake can be told where it stands."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]
"""Keys from the outside in; a table of an array of tables is counted from 0: `("fit", "rules", "3", "points")`."""


class Places:
    """The lines of a TOML text that is right as TOML, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        table: Path = ()
        for line, statement in _statements(text):
            if statement.startswith("["):
                table = self._table(statement)
                for end in range(1, len(table) + 1):
                    self._lines.setdefault(table[:end], line)
            else:
                for path in _paths(tomllib.loads(statement)):
                    self._lines.setdefault((*table, *path), line)

    def line(self, key: str) -> int:
        """The line of a key like `fit.rules.3.points`, or of the nearest table around it; 0 when there is none."""
        path = tuple(key.split("."))
        for end in range(len(path), 0, -1):
            if path[:end] in self._lines:
                return self._lines[path[:end]]
        return 0

    def _table(self, header: str) -> Path:
        """The path of a header, with a number after each step that is an array of tables."""
        node: Any = tomllib.loads(header)
        path: Path = ()
        while node:
            ((key, node),) = node.items()
            path = (*path, key)
            if isinstance(node, list):
                self._counts[path] = self._counts.get(path, -1) + 1
                node = node[0]
            if path in self._counts:
                path = (*path, str(self._counts[path]))
        return path


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the line on which it begins: as many lines as it takes to be TOML."""
    begin, held = 0, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        begin, held = (begin, f"{held}\n{line}") if held else (number, line.lstrip())
        try:
            whole = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue
        if whole:
            yield begin, held
        held = ""


def _paths(tree: Mapping[str, Any]) -> Iterator[Path]:
    """The paths of all keys in a tree, and of the elements of its lists."""
    for key, value in tree.items():
        yield (key,)
        children = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(children, dict):
            for path in _paths({str(name): child for name, child in children.items()}):
                yield (key, *path)
