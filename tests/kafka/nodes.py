"""A Kafka of one node or of three, and what can be done to its nodes."""

import json
import secrets
import signal
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from agents.broker import EmbeddedBroker, java, probe, properties

HEAP = "300m"
SAFE = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    "min.insync.replicas": "2",
    "replica.lag.time.max.ms": "5000",
}


class Nodes:
    """A context manager that starts and stops all nodes; with three, each record is on all of them."""

    def __init__(self, count: int = 1, extra: Mapping[str, str] | None = None, directory: Path | None = None) -> None:
        self.brokers = [EmbeddedBroker(extra=extra, directory=directory)] if count == 1 else _quorum(count, extra or {})

    @property
    def address(self) -> str:
        """All nodes."""
        return ",".join(broker.address for broker in self.brokers)

    def start(self) -> None:
        """Start all that do not run; together, because one alone is no quorum."""
        with ThreadPoolExecutor(len(self.brokers)) as pool:
            list(pool.map(EmbeddedBroker.start, self.brokers))

    def controller(self) -> EmbeddedBroker:
        """The node that leads the quorum."""
        newest = max((_quorum_state(broker) for broker in self.brokers), key=lambda state: state["leaderEpoch"])
        return self.brokers[newest["leaderId"] - 1]

    def at(self, node: int) -> EmbeddedBroker:
        """The node of this id."""
        return self.brokers[node - 1]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for broker in self.brokers:
            broker.kill(signal.SIGKILL)  # a quorum that is stopped one by one waits for itself
        for broker in self.brokers:
            broker.stop()


def _quorum(count: int, extra: Mapping[str, str]) -> list[EmbeddedBroker]:
    brokers = [EmbeddedBroker(heap=HEAP) for _ in range(count)]
    ports = [broker.plan.controller_port for broker in brokers]
    voters = ",".join(f"{node}@{probe.HOST}:{port}" for node, port in enumerate(ports, 1))
    cluster = "k" + secrets.token_urlsafe(16)[1:]
    for node, broker in enumerate(brokers, 1):
        own = {"node.id": str(node), "controller.quorum.voters": voters, **SAFE, **extra}
        broker.plan.extra.update(own)
        _format(broker, cluster)
    return brokers


def _format(broker: EmbeddedBroker, cluster: str) -> None:
    """Give the node's directory the cluster's id: a node that formats its own would be a cluster of its own."""
    plan = broker.plan
    plan.directory.mkdir(mode=0o700, parents=True)
    where = properties.write(plan.directory, plan.port, plan.controller_port, plan.extra)
    command = java.command(where.logging, plan.heap, plan.tell)
    arguments = ["kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", str(where.server)]
    subprocess.run([*command, *arguments], stdout=subprocess.DEVNULL, check=True)


def _quorum_state(broker: EmbeddedBroker) -> dict[str, int]:
    where = properties.files(broker.plan.directory).data / "__cluster_metadata-0" / "quorum-state"
    state: dict[str, int] = json.loads(where.read_text("utf-8"))
    return state
