"""Builds and runs the toy on Kafka Streams, where a Java compiler is at hand: the same job, by those who made Kafka."""

import shutil
import subprocess
from pathlib import Path

from agents.broker import jars, java
from agents.broker.folders import cache_folder
from schemas import topics
from tests.bench.stage import Program, Stage

HERE = Path(__file__).parent
SOURCE = HERE / "ToyStreams.java"
APP_ID = "bench-streams"
HEAP = "2g"
NAMES = tuple(f"{APP_ID}-{name}" for name in ("events", "fact", "handoff"))


def missing() -> str:
    """Why it can't run here; empty when it can."""
    return "" if shutil.which("javac") else "no Kafka Streams: this machine has no javac"


def places() -> list[topics.Topic]:
    """The topics of its own, with the settings of leadrelay's."""
    own = [
        topics.Topic(name=name, purpose="", owner="bench", writers=(), readers=(), config=topics.ACTIVITY.config)
        for name in NAMES
    ]
    return [*own, topics.changelog(APP_ID)]


def run(made: Stage) -> Program:
    """Start it; it says when its table is restored."""
    paths = [
        *jars.ensure(cache_folder(), jars.listed(), print),
        *jars.ensure(cache_folder(), jars.listed(HERE / "streams-jars.txt"), print),
    ]
    classes = made.folder / "classes"
    class_path = ":".join(map(str, (*paths, classes)))
    subprocess.run(
        ["javac", "--release", "17", "-d", str(classes), "-cp", class_path, str(SOURCE)],  # noqa: S607
        check=True,
    )
    logging = made.folder / "streams-log4j2.properties"
    logging.write_text("status=error\nrootLogger.level=error\n")
    command = [str(java.runtime()), f"-Xmx{HEAP}", f"-Dlog4j2.configurationFile={logging.as_uri()}", *java.QUIET]
    arguments = [made.address, APP_ID, *NAMES, str(made.folder / "streams-state")]
    return made.start([*command, "-cp", class_path, "ToyStreams", *arguments], "streams")
