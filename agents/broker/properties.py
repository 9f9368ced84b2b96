"""Writes the configuration of one small Kafka node that is its own controller and listens on loopback alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from agents.broker.probe import HOST

# One node cannot replicate, and a developer waits for nobody: consumer groups form at once, and a dead
# process's transaction is ended soon after its own time-out instead of up to ten seconds later.
DEVELOPMENT = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "num.partitions": "12",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "add.partitions.to.txn.retry.backoff.ms": "2",
    "broker.session.timeout.ms": "3000",  # a killed broker may come back only after it
    "broker.heartbeat.interval.ms": "500",
    "log.cleaner.dedupe.buffer.size": "16777216",
    "log.segment.delete.delay.ms": "1000",
}

LOGGING = """status=error
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{1} %m%n
"""


class Files(NamedTuple):
    """The files of one broker, all inside its directory."""

    server: Path
    logging: Path
    log: Path
    data: Path


def files(directory: Path) -> Files:
    """Return where the files of a broker in this directory are."""
    return Files(*(directory / name for name in ("server.properties", "log4j2.properties", "broker.log", "data")))


def write(directory: Path, port: int, controller_port: int, extra: Mapping[str, str]) -> Files:
    """Write the broker's configuration into its directory; what `extra` says wins."""
    where = files(directory)
    listener = f"PLAINTEXT://{HOST}:{port}"
    own = {
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": f"{listener},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": listener,
        "log.dirs": where.data.as_posix(),
    }
    lines = (f"{key}={value}" for key, value in (DEVELOPMENT | own | dict(extra)).items())
    where.server.write_text("\n".join(lines) + "\n", "utf-8")
    where.logging.write_text(LOGGING, "utf-8")
    return where
