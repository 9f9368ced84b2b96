"""Every command has an example, every failure three parts, and what is slow is imported only where it is needed."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from agents.broker import probe
from agents.cli import app
from agents.errors import LeadrelayError

MAIN = [sys.executable, "-c", "from agents.cli import main; main()"]
SLOW = ("faust", "aiokafka", "pydantic", "prometheus_client")


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))
    if path and not hasattr(command, "commands"):
        yield path


PATHS = sorted(commands(typer.main.get_command(app)))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_all_commands_are_there() -> None:
    assert {" ".join(path) for path in PATHS} == {
        *("agreement check", "agreement diff", "agreement explain", "agreement new", "agreement publish"),
        *("agreement show", "bench"),
        *("broker start", "broker status", "broker stop", "deadletter list"),
        *("deadletter replay", "demo", "feed", "lead", "replay", "topics check", "topics create", "worker"),
    }


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_help_of_every_command_shows_an_example_of_it(path: tuple[str, ...]) -> None:
    told = run(*path, "--help")
    assert told.exit_code == 0
    _, _, examples = told.stdout.partition("Example:")
    assert f"leadrelay {' '.join(path)}" in examples


@pytest.mark.parametrize(
    ("arguments", "code", "what", "detail", "remedy"),
    [
        (("replay", "nowhere.jsonl"), 2, "the events can't be read", "nowhere.jsonl: No such file", "give the path"),
        (("replay", ".", "--until", "soon"), 2, "the end of the replay can't be read", "'soon'", "write --until like"),
        (("agreement", "check", "nowhere.toml"), None, "the agreement", "nowhere.toml", ""),
        (("topics", "check", "--broker", "nobody"), 2, "the settings are wrong", "nobody", "LEADRELAY_BROKER"),
    ],
)
def test_a_failure_is_told_in_three_parts(
    arguments: tuple[str, ...], code: int | None, what: str, detail: str, remedy: str
) -> None:
    told = run(*arguments)
    first, *middle, last = told.stderr.splitlines()
    assert told.exit_code == code or (code is None and told.exit_code)
    assert first.startswith(f"error: {what}")
    assert detail in "\n".join(middle)
    assert last.startswith("what to do: ")
    assert remedy in last
    assert told.stdout == ""


@pytest.mark.parametrize("command", [("lead", "ada"), ("topics", "check"), ("deadletter", "list"), ("feed",)])
def test_a_broker_that_is_away_is_named(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text("{}\n")
    file = (str(tmp_path / "events.jsonl"),) if command == ("feed",) else ()
    address = f"127.0.0.1:{probe.free_port()}"
    told = run(*command, *file, "--broker", address)
    assert told.exit_code == 1
    assert told.stderr.startswith("error: no Kafka broker answers")
    assert address in told.stderr
    assert "leadrelay broker start" in told.stderr


def test_a_detail_of_many_lines_stays_readable() -> None:
    from agents.console import print_error  # noqa: PLC0415

    tried = typer.Typer()

    @tried.command()
    def fail() -> None:
        print_error(LeadrelayError("the file is wrong", "\n    line 1: a\n    line 2: b\n", "mend it"))

    assert (
        CliRunner().invoke(tried).stderr == "error: the file is wrong\n  line 1: a\n  line 2: b\nwhat to do: mend it\n"
    )


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (("--help",), SLOW),
        (("broker", "status"), ("faust", "aiokafka", "schemas")),
        (("replay", "/dev/null"), ("faust", "aiokafka")),
    ],
)
def test_what_is_slow_is_not_imported_where_it_is_not_needed(
    arguments: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    code = (
        "import sys\n"
        "from agents.cli import app\n"
        "try:\n"
        f"    app({list(arguments)!r})\n"
        "finally:\n"
        f"    assert not {set(absent)!r} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "AssertionError" not in done.stderr


def test_a_reader_that_goes_away_ends_the_program_in_silence(tmp_path: Path) -> None:
    refused = tmp_path / "bad.jsonl"
    refused.write_text("{}\n" * 20_000)
    with subprocess.Popen(
        [*MAIN, "replay", "--facts", str(refused)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as it:
        assert it.stdout
        assert it.stderr
        it.stdout.readline()
        it.stdout.close()
        assert it.wait(60) == 141
        assert it.stderr.read() == b""


def test_ctrl_c_ends_a_program_that_waits_for_its_input() -> None:
    with subprocess.Popen(
        [*MAIN, "replay", "--facts", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as it:
        assert it.stdin
        assert it.stdout
        assert it.stderr
        it.stdin.write(b"{}\n")
        it.stdin.flush()
        assert b"not_a_cloudevent" in it.stdout.readline()  # written although more is to come
        it.send_signal(signal.SIGINT)
        assert it.wait(60) == 130
        assert it.stderr.read() == b""


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"leadrelay.*\n", run("--version").stdout)


def test_without_a_command_help_is_given() -> None:
    assert "Commands" in run().output


def test_a_broker_that_does_not_run_is_told_with_an_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run("broker", "status").exit_code == 1
    assert run("broker", "status", "--json").stdout == '{"running":false}\n'
    assert run("broker", "stop").stdout == "No broker was running.\n"
    assert run("broker", "stop", "--json").stdout == '{"stopped":false}\n'


def test_a_right_agreement_is_summed_up() -> None:
    file = "schemas/agreement.toml"
    assert run("agreement", "check", file).stdout.startswith("Agreement 1, 'Marketing and sales, first version'")
    assert '"valid":true,"number":1' in run("agreement", "check", file, "--json").stdout


def test_every_mistake_of_an_agreement_is_told(tmp_path: Path) -> None:
    text = Path("schemas/agreement.toml").read_text("utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        text.replace('field = "role"', 'field = "rule"').replace('zone = "Europe/Berlin"', 'zone = "Berlin"')
    )
    told = run("agreement", "check", str(wrong))
    assert told.exit_code == 2
    assert "has 2 mistakes" in told.stderr
    assert "'rule'" in told.stderr
    assert "'Berlin'" in told.stderr
    objects = run("agreement", "check", str(wrong), "--json")
    assert objects.exit_code == 2
    assert objects.stdout.count('"key":') == 2
    assert '"valid":false' in objects.stdout
    assert objects.stderr == ""
