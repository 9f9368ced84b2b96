"""Lines are given as they come, whole, whatever their ends."""

import os
from pathlib import Path

import pytest

from agents import lines
from agents.errors import LeadrelayError


def read(path: Path) -> list[bytes]:
    return [line for chunk in lines.chunks(str(path)) for line in chunk]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\r\n\r\nb", [b"a", b"", b"b"]),
        (b"\xff\x00\n", [b"\xff\x00"]),
    ],
)
def test_lines_lose_their_ends_and_nothing_else(tmp_path: Path, content: bytes, expected: list[bytes]) -> None:
    (tmp_path / "file").write_bytes(content)
    assert read(tmp_path / "file") == expected


def test_a_line_may_be_longer_than_what_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "READ_BYTES", 3)
    (tmp_path / "file").write_bytes(b"1234567\n89\n0")
    assert read(tmp_path / "file") == [b"1234567", b"89", b"0"]


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LINE_BYTES_MAX", 1024**2)
    (tmp_path / "file").write_bytes(b"short\n" + bytes(2 * 1024**2))
    with pytest.raises(LeadrelayError, match="line 2 has more than 1 MB"):
        read(tmp_path / "file")


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_what_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(LeadrelayError) as caught:
        read(tmp_path / name)
    assert caught.value.detail.startswith(str(tmp_path))
    assert caught.value.exit_code == 2


def test_a_chunk_does_not_wait_for_the_next(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)
    chunks = lines.chunks(str(pipe))
    os.write(descriptor, b"first\nsec")
    assert next(chunks) == [b"first"]
    os.write(descriptor, b"ond\n")
    assert next(chunks) == [b"second"]
    os.close(descriptor)
    assert list(chunks) == []


def test_the_size_of_a_file_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert lines.size_of(str(tmp_path / "file")) == 5
    assert lines.size_of("-") is None
    assert lines.size_of(str(tmp_path / "nowhere")) is None
