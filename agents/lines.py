"""Reads lines as they come, from a file or from standard input, without waiting for the rest."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from agents.errors import LeadrelayError

STDIN = "-"
READ_BYTES = 256 * 1024
LINE_BYTES_MAX = 16 * 1024 * 1024


def size_of(file: str) -> int | None:
    """The file's bytes, None when they can't be known before the end."""
    path = Path(file)
    return path.stat().st_size if file != STDIN and path.is_file() else None


def chunks(file: str) -> Iterator[list[bytes]]:
    """Yield lists of whole lines, without their ends, each as soon as it is there.

    Args:
        file: A path, or `-` for standard input.

    Raises:
        LeadrelayError: The file can't be read, or has a line of more than 16 MB.
    """
    try:
        # Unbuffered: a thread that waits in a buffered read would hold its lock when the program ends.
        descriptor = os.dup(sys.stdin.fileno()) if file == STDIN else os.open(file, os.O_RDONLY)
        with open(descriptor, "rb", buffering=0) as source:  # noqa: PTH123  a descriptor, not a path
            yield from _split(iter(lambda: source.read(READ_BYTES), b""))
    except OSError as error:
        raise LeadrelayError(
            "the events can't be read",
            f"{file}: {error.strerror or error}",
            "give the path of a file with one CloudEvent as JSON a line, or - for standard input",
            exit_code=2,
        ) from error


def _split(pieces: Iterator[bytes]) -> Iterator[list[bytes]]:
    rest, number = b"", 0
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        number += len(lines)
        if lines:
            yield [line.rstrip(b"\r") for line in lines]
        if len(rest) > LINE_BYTES_MAX:
            raise _endless(number + 1)
    if rest:
        yield [rest]


def _endless(number: int) -> LeadrelayError:
    return LeadrelayError(
        "the events can't be read",
        f"line {number} has more than {LINE_BYTES_MAX // 1024**2} MB",
        "give a file with one CloudEvent as JSON a line",
        exit_code=2,
    )
