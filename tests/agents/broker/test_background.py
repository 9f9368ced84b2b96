"""The background broker outlives the command that started it, and is never mistaken for another process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.broker import Background, background, probe, start_background, status, stop_background
from agents.broker.folders import state_folder
from agents.errors import LeadrelayError


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.mark.kafka
def test_it_outlives_its_command_and_is_found_and_stopped_by_others() -> None:
    port = probe.free_port()
    command = f"from agents.broker import start_background; start_background({port})"
    subprocess.run([sys.executable, "-c", command], check=True)
    running = status()
    assert running
    try:
        assert running.address == f"127.0.0.1:{port}"
        assert probe.ready(port)
        assert start_background(port) == running
        with pytest.raises(LeadrelayError, match="another port"):
            start_background(port + 1)
    finally:
        assert stop_background() == running
    assert not background.command_line(running.pid)
    assert status() is None


def test_a_process_that_took_over_the_id_is_neither_shown_nor_ended() -> None:
    background.remember(Background(os.getpid(), 9092, str(state_folder() / "node")))
    assert status() is None
    assert stop_background() is None
    assert not list(state_folder().iterdir())


def test_a_damaged_note_is_no_broker() -> None:
    state_folder().mkdir(parents=True)
    (state_folder() / "broker.json").write_text('{"pid": 1')
    assert status() is None
