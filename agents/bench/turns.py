"""Runs processes by turns: a shared machine that is quicker or slower for minutes is so for all of them."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM, signal
from time import monotonic

TURN_S = 1.0
"""Short enough that Kafka misses nobody who waits for its turn."""


def by_turns(commands: Sequence[Sequence[str]], logs: Sequence[Path], patience_s: float) -> None:
    """Run these to their ends, a second each, one after the other; their output goes to the logs.

    Who is not done in time is killed, and the log says so.
    """
    with _ending(), ExitStack() as stack:
        processes = [_started(stack, command, log) for command, log in zip(commands, logs, strict=True)]
        ends_at = monotonic() + patience_s
        for process in cycle(processes):
            if all(each.poll() is not None for each in processes):
                return
            if monotonic() > ends_at:
                break
            _turn(process)
        late = [log for process, log in zip(processes, logs, strict=True) if process.poll() is None]
    for log in late:
        say_late(log, patience_s)


def say_late(log: Path, patience_s: float) -> None:
    """Write at the end of a log that its process was killed."""
    with log.open("a", encoding="utf-8") as out:
        out.write(f"\nnot done within {patience_s:.0f} s")


@contextmanager
def _ending() -> Iterator[None]:
    """Come to an end when asked to: a process that waits for its turn would wait for ever."""
    before = signal(SIGTERM, lambda *_: sys.exit(128 + SIGTERM))
    try:
        yield
    finally:
        signal(SIGTERM, before)


def _started(stack: ExitStack, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """A process that waits for its turn, and does not outlive the stack."""
    out = stack.enter_context(log.open("wb"))
    process = stack.enter_context(subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL))  # noqa: S603
    stack.callback(process.kill)
    process.send_signal(SIGSTOP)
    return process


def _turn(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(SIGCONT)
    try:
        process.wait(TURN_S)
    except subprocess.TimeoutExpired:
        process.send_signal(SIGSTOP)
