"""What every bench here needs: a broker with the relay's topics, workers and generators as processes, and a clock."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agents import admin
from agents.bench.stopwatch import cpu_s
from agents.broker import EmbeddedBroker
from schemas import topics
from tests.bench import generator
from tests.kafka.harness import ROOT

APP_ID = "leadrelay-bench"
STOP_S = 15
LOG_CHARACTERS = 3000


class Program:
    """A program of ours that answers with lines of JSON; what it says besides goes to a file."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def cpu_s(self) -> float:
        """CPU seconds that it has used so far."""
        return cpu_s(self.pid) or 0.0

    def hear(self) -> dict[str, Any]:
        """Its next line; the end of its log when it has none."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.story()
        found: dict[str, Any] = json.loads(line)
        return found

    def story(self) -> str:
        """What it was, and the end of its log."""
        return f"{self.process.args}\n{self.log.read_text(errors='replace')[-LOG_CHARACTERS:]}"

    def tell(self, word: str) -> None:
        """Say a word to it."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{word}\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise AssertionError(self.story()) from error

    def ask(self, word: str) -> dict[str, Any]:
        """Say a word to it, and hear the answer."""
        self.tell(word)
        return self.hear()

    def end(self) -> None:
        """SIGTERM, and SIGKILL when it doesn't help."""
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stage:
    """A broker with the relay's topics, and a folder for logs."""

    def __init__(self, broker: EmbeddedBroker, folder: Path, lanes: int) -> None:
        self.broker, self.folder, self.lanes = broker, folder, lanes
        self.programs: list[Program] = []
        self.create(*topics.TOPICS, topics.changelog(APP_ID))

    @property
    def address(self) -> str:
        return self.broker.address

    def start(self, command: Sequence[str], name: str) -> Program:
        """Start a program."""
        self.programs.append(Program(command, self.folder / f"{name}-{len(self.programs)}.log"))
        return self.programs[-1]

    def run(self, module: str, argument: str) -> Program:
        """Start a module of ours."""
        return self.start([sys.executable, "-m", module, argument], module.rpartition(".")[2])

    def worker(self, *, toy: bool, lanes: int | None = None, **asked: Any) -> tuple[Program, dict[str, Any]]:
        """Start a worker, wait until so many of its lanes are open, all by default, and give what it says then."""
        program = self.started(toy=toy, lanes=lanes, **asked)
        return program, program.hear()

    def started(self, *, toy: bool, lanes: int | None = None, **asked: Any) -> Program:
        """Start a worker, and leave it to itself."""
        settings = {"broker": self.address, "app_id": APP_ID, "partitions": self.lanes}
        probe = {"profile": False, "watch_loop": False, "lanes": lanes or self.lanes}
        return self.run("tests.bench.worker", json.dumps({"toy": toy, **probe, **asked, "settings": settings}))

    def generator(self, load: generator.Load) -> tuple[Program, float]:
        """Start a generator; the moment of its first event (seconds since the epoch)."""
        program = self.run("tests.bench.generator", generator.argument(load))
        return program, float(program.hear()["began"])

    def create(self, *places: topics.Topic) -> None:
        """Make more topics."""
        asyncio.run(admin.create(self.address, places, self.lanes))

    def broker_cpu_s(self) -> float:
        """CPU seconds that the broker has used so far."""
        assert self.broker.pid is not None
        return cpu_s(self.broker.pid) or 0.0


@contextmanager
def stage(lanes: int, extra: Mapping[str, str] | None = None, heap: str = "1g") -> Iterator[Stage]:
    """A stage whose programs end with it."""
    with (
        tempfile.TemporaryDirectory(prefix="leadrelay-bench-") as folder,
        EmbeddedBroker(extra=extra, heap=heap) as broker,
    ):
        made = Stage(broker, Path(folder), lanes)
        try:
            yield made
        finally:
            for program in made.programs:
                if program.process.poll() is None:
                    program.end()


def sleep_until(moment: float) -> None:
    """Wait for a moment (seconds since the epoch)."""
    time.sleep(max(0.0, moment - time.time()))
