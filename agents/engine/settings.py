"""Every number and name the engine is run with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from agents.errors import LeadrelayError


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """Names and bounds of one worker. Durations are milliseconds.

    Attributes:
        app_id: Consumer group, prefix of the changelog topic and of the transactional id.
        brokers: Addresses `host:port`.
        inputs: Topics to be folded; all have the same number of partitions and the same partitioner.
        outputs: Topics that folds publish to; they have as many partitions as the inputs.
        routes: Output topics whose records may go to another lane, and to which: the partition of a key.
        table: The table's name; its changelog is `{app_id}-{table}-changelog`.
        partitions: Partitions of each topic, so the number of lanes.
        instance: A name that is the same after a restart, and no other worker's; None for a random one.
        commit_interval_ms: The shortest time from the start of one transaction to the start of the next.
        idle_interval_ms: How long something that no reader waits for may wait for company.
        uncommitted_max: Records that a lane may have folded beyond its last transaction.
        read_max: Records taken from the reader at once, over all lanes; never more than uncommitted_max.
        fetch_min_bytes: The broker waits for so many bytes before it answers the reader,
        fetch_wait_ms: or for so long.
        transaction_timeout_ms: After so long the broker ends the transaction of a worker that went silent.
        fence_grace_ms: After so long a new owner ends the open transaction of the old one; longer than a revoke.
        session_timeout_ms: A worker that the group has not heard for so long loses its lanes.
        heartbeat_ms: How often the group hears of us.
        request_timeout_ms: How long one request to the broker may take.
        revoke_bound_ms: How long a rebalance waits for the running transaction.
        stop_transaction_ms: How long SIGTERM waits for the running transaction,
        stop_framework_ms: then for Faust,
        stop_bound_ms: and for everything, after which the process ends by itself.
        batch_bytes: Bytes of one produced batch; a larger record gets a batch of its own.
        credentials: Faust's credentials object for brokers that ask for one, or None.
    """

    app_id: str
    brokers: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    routes: Mapping[str, Callable[[bytes | None], int]] = field(default_factory=dict)
    table: str = "leads"
    partitions: int = 12
    instance: str | None = None
    commit_interval_ms: int = 5
    idle_interval_ms: int = 250
    uncommitted_max: int = 5000
    read_max: int = 1000
    fetch_min_bytes: int = 256 * 1024
    fetch_wait_ms: int = 20
    transaction_timeout_ms: int = 10_000
    fence_grace_ms: int = 2500
    session_timeout_ms: int = 6000
    heartbeat_ms: int = 1000
    request_timeout_ms: int = 20_000
    revoke_bound_ms: int = 2000
    stop_transaction_ms: int = 1500
    stop_framework_ms: int = 2000
    stop_bound_ms: int = 4500
    batch_bytes: int = 512 * 1024
    credentials: Any = None
    changelog: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changelog", f"{self.app_id}-{self.table}-changelog")
        object.__setattr__(self, "read_max", min(self.read_max, self.uncommitted_max))
        if self.fence_grace_ms <= self.revoke_bound_ms:
            detail = f"{self.fence_grace_ms} is not above revoke_bound_ms {self.revoke_bound_ms}"
            raise LeadrelayError("The engine cannot run with this fence_grace_ms", detail, "Raise it")

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic that must be there."""
        return (*self.inputs, *self.outputs, self.changelog)

    @property
    def auth(self) -> dict[str, Any]:
        """The credentials as aiokafka's clients take them."""
        return dict(credentials_to_aiokafka_auth(self.credentials))
