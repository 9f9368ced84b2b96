"""How the command line speaks: results on standard output, everything else on standard error."""

import os
import sys
import textwrap
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from agents.errors import LeadrelayError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

    from streams.report import Table
    from streams.wording import Section

T = TypeVar("T")
WIDE = 10_000
ABOUT_MIN, ABOUT_MAX = 22, 30
"""Columns for what a sentence is about."""


def out() -> "Console":
    """Where results for people go."""
    from rich.console import Console  # noqa: PLC0415  slow to import, and programs do without it

    return Console(highlight=False, markup=False, soft_wrap=True)


def err() -> "Console":
    """Where errors, warnings and progress go."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def print_error(error: LeadrelayError) -> None:
    """Print an error in its three parts: what failed, the detail, what to do."""
    console = err()
    detail = textwrap.dedent(error.detail.strip("\n")).rstrip()
    console.print(f"error: {error.what}", style="bold red")
    console.print(textwrap.indent(detail, "  "))
    console.print(f"what to do: {error.remedy}", style="cyan")


def print_warnings(lines: Iterable[str]) -> None:
    """Print what somebody should look at, though it stops nothing; each is a line that says so."""
    console = err()
    for line in lines:
        console.print(f"warning: {line}", style="yellow")


def write_json(*values: Any) -> None:
    """Write each value as a line of JSON."""
    import orjson  # noqa: PLC0415

    write_lines(*(orjson.dumps(value) for value in values))


def write_lines(*lines: bytes) -> None:
    """Write lines of bytes; they may stay in a buffer until the command ends."""
    sys.stdout.buffer.writelines(line + b"\n" for line in lines)


def print_text(*lines: str) -> None:
    """Print lines for people."""
    console = out()
    for line in lines:
        console.print(line)


def print_tables(tables: Iterable["Table"]) -> None:
    """Print tables for people."""
    console = _framed()
    for table in tables:
        console.print(rendered(table))


def _framed() -> "Console":
    """Where what has columns goes: without a terminal nothing needs to fit, and `grep` wants whole lines."""
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE)


def print_sections(sections: Iterable["Section"]) -> None:
    """Print sentences for people, each beside what it is about, those of a section below its title."""
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = _framed()
    for place, section in enumerate(sections):
        console.print(Text("\n" * bool(place) + section.title, style="bold"))
        drawn = RichTable(box=None, show_header=False, padding=(0, 0, 0, 2))
        drawn.add_column(style="cyan", max_width=ABOUT_MAX, min_width=ABOUT_MIN)
        drawn.add_column(overflow="fold")
        for sentence in section.sentences:
            drawn.add_row(Text(sentence.about), Text(f"{sentence.text[:1].upper()}{sentence.text[1:]}."))
        console.print(drawn)


def rendered(table: "Table") -> "RichTable":
    """A table as Rich draws it, with the numbers aligned."""
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = RichTable(title=f"\n{table.title}", box=None, pad_edge=False, title_style="bold", title_justify="left")
    for name, *cells in zip(table.columns, *table.rows, strict=True):
        drawn.add_column(
            name, header_style="dim", justify="right" if all(map(_number, cells)) else "left", overflow="fold"
        )
    for row in table.rows:
        drawn.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else cell) for cell in row))
    return drawn


def _number(cell: str | int) -> bool:
    return isinstance(cell, int) or cell == "-" or cell.endswith(" %")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine of a short command; the Kafka client is silent, for its failures come as our errors."""
    import asyncio  # noqa: PLC0415
    import logging  # noqa: PLC0415

    for name in ("aiokafka", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return asyncio.run(work)


def hush() -> None:
    """Standard output has no reader any more: let nothing that is left over complain about it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
