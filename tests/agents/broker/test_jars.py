"""Only jars with the expected bytes are ever kept, and a failed download says what to do."""

import functools
import gc
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.broker import jars, probe
from agents.errors import LeadrelayError

CONTENT = b"bytes of a small jar"
GOOD = jars.Jar("org.example", "small", "1", hashlib.sha256(CONTENT).hexdigest())


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """A test prints nothing."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """A Maven repository on this machine that holds one jar."""
    folder = tmp_path / "repository" / "org" / "example" / "small" / "1"
    folder.mkdir(parents=True)
    (folder / GOOD.file_name).write_bytes(CONTENT)
    handler = functools.partial(Quiet, directory=str(tmp_path / "repository"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_jar_is_downloaded_once_and_again_when_damaged(mirror: str, tmp_path: Path) -> None:
    told: list[str] = []
    [path] = jars.ensure(tmp_path / "cache", [GOOD], told.append, mirror)
    assert path.read_bytes() == CONTENT
    jars.ensure(tmp_path / "cache", [GOOD], told.append, mirror)
    assert len(told) == 1
    path.write_bytes(CONTENT[:-1])
    jars.ensure(tmp_path / "cache", [GOOD], told.append, mirror)
    assert len(told) == 2
    assert list((tmp_path / "cache").iterdir()) == [path]
    assert path.read_bytes() == CONTENT


def test_a_jar_with_other_bytes_is_refused_and_not_kept(mirror: str, tmp_path: Path) -> None:
    with pytest.raises(LeadrelayError) as caught:
        jars.ensure(tmp_path / "cache", [GOOD._replace(sha256="0" * 64)], print, mirror)
    assert caught.value.what == "a downloaded jar is refused"
    assert "org.example:small:1" in caught.value.detail
    assert not list((tmp_path / "cache").iterdir())


def test_a_jar_that_cannot_be_had_is_named(mirror: str, tmp_path: Path) -> None:
    with pytest.raises(LeadrelayError) as caught:
        jars.ensure(tmp_path / "cache", [GOOD, GOOD._replace(artifact="absent")], print, mirror)
    assert "org.example:absent:1" in caught.value.detail
    assert "LEADRELAY_BROKER" in caught.value.remedy


def test_a_download_that_fails_leaves_no_connection_open(mirror: str, tmp_path: Path) -> None:
    with pytest.raises(LeadrelayError):
        jars.ensure(tmp_path / "cache", [GOOD._replace(artifact="absent")], print, mirror)
    gc.collect()  # pytest fails a test in which an open socket is collected


def test_a_repository_that_does_not_answer_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(LeadrelayError) as caught:
        jars.ensure(tmp_path / "cache", [GOOD], print, f"http://127.0.0.1:{probe.free_port()}")
    assert caught.value.what == "the embedded broker's jars cannot be downloaded"


def test_the_list_names_each_jar_of_one_release_once() -> None:
    listed = jars.listed()
    assert len(listed) == len({(jar.group, jar.artifact) for jar in listed}) == 46
    assert {jar.version for jar in listed if jar.group == "org.apache.kafka"} == {"4.2.0"}
    assert all(len(jar.sha256) == 64 for jar in listed)
