"""Starts a Kafka process and tells when it takes work, or why it never will."""

import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.broker import java, probe, properties
from agents.errors import LeadrelayError

START_S = 120.0  # on a machine that is busy with other things
STOP_S = 20.0
PAUSE_S = 0.05
LOG_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to start: ports on loopback, a directory for everything, Java's heap and options, properties that win."""

    port: int
    controller_port: int
    directory: Path
    heap: str
    extra: Mapping[str, str]
    tell: Callable[[str], None]
    java_options: tuple[str, ...] = ()

    @property
    def log_file(self) -> Path:
        """What the broker writes."""
        return properties.files(self.directory).log


def launch(plan: Plan) -> subprocess.Popen[bytes]:
    """Start the broker in a session of its own and return it once it takes work.

    Raises:
        LeadrelayError: The port is taken, the extra packages are absent, or the broker ended or took too long.
    """
    if probe.taken(plan.port):
        raise LeadrelayError(
            "the embedded broker cannot start",
            f"something listens on {probe.HOST}:{plan.port} already",
            "stop it, choose another port, or set LEADRELAY_BROKER to use it",
        )
    plan.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    where = properties.write(plan.directory, plan.port, plan.controller_port, plan.extra)
    command = java.command(where.logging, plan.heap, plan.tell)
    _format(command, plan, where)
    with plan.log_file.open("ab") as log:
        # A session of its own: Ctrl-C in the terminal is for us, who stop the broker last.
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            [*command, *plan.java_options, "kafka.Kafka", str(where.server)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _await_ready(process, plan)
    return process


def end(process: subprocess.Popen[bytes], limit_s: float = STOP_S) -> None:
    """End the broker: politely, within a bound, then by force."""
    process.terminate()
    process.send_signal(signal.SIGCONT)  # a stopped process could not hear us
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _format(command: list[str], plan: Plan, where: properties.Files) -> None:
    if (where.data / "meta.properties").exists():
        return
    # Kafka wants 16 bytes in base 64, and takes a leading dash for an option.
    cluster = "k" + secrets.token_urlsafe(16)[1:]
    arguments = ["kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", str(where.server)]
    with plan.log_file.open("ab") as log:
        done = subprocess.run([*command, *arguments], stdout=log, stderr=log, check=False)  # noqa: S603
    if done.returncode:
        raise _failure(plan, "its directory cannot be formatted")


def _await_ready(process: subprocess.Popen[bytes], plan: Plan) -> None:
    limit = time.monotonic() + START_S
    while not probe.ready(plan.port):
        if process.poll() is not None:
            raise _failure(plan, f"it ended with exit code {process.returncode}")
        if time.monotonic() > limit:
            end(process)
            raise _failure(plan, f"it took no work within {START_S:.0f} s")
        time.sleep(PAUSE_S)


def _failure(plan: Plan, reason: str) -> LeadrelayError:
    lines: list[str] = []
    with suppress(OSError):
        lines = plan.log_file.read_text("utf-8", "replace").splitlines()
    told = [line for line in lines if not line.startswith("\tat ")]  # Java's frames say nothing to a user
    return LeadrelayError(
        "the embedded broker did not start",
        "\n  ".join([reason, *told[-LOG_LINES:]]),
        "give it memory and disk, or set LEADRELAY_BROKER to the address of an existing Kafka",
    )
