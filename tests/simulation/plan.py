"""What a seed stands for: how large the world is, how it behaves, and what happens in it."""

import random
from dataclasses import dataclass, field

from agents.engine.settings import EngineSettings
from tests.simulation.network import Weather
from tests.simulation.toy import INPUTS, OUTPUTS
from tests.simulation.worker import Habits

APIS = (
    "init_producer",
    "add_partitions",
    "produce",
    "add_offsets",
    "commit_offsets",
    "end_transaction",
    "end_transaction",
    "commit_offsets",
    "produce",
    "offsets",
    "fetch",
    "join",
    "sync",
)
STAGES = ("sent", "done", "answered")
ACTS = (
    *("kill",) * 4,
    *("freeze",) * 6,
    *("terminate", "start", "rebalance", "rebalance", "broker_down", "broker_frozen"),
    *("slow", "cut", "compact", "hold_input"),
)


@dataclass(frozen=True)
class Act:
    """Something happens after a pause; to a worker, perhaps at a stage of its next request of this name."""

    name: str
    pause_s: float
    length_s: float
    api: str | None
    stage: str
    restart_s: float


@dataclass
class Plan:
    """All that is decided before a world begins."""

    seed: int
    lanes: int
    workers: int
    stable: bool
    records: int
    feed_s: float
    reminders: int
    weather: Weather
    marker_s: float
    sticky: bool
    session_s: float
    patience_s: float
    habits: Habits
    engine: dict[str, int] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    implicit: bool = True

    def settings(self, instance: str | None) -> EngineSettings:
        return EngineSettings(
            app_id="app",
            brokers=("model",),
            inputs=INPUTS,
            outputs=OUTPUTS,
            partitions=self.lanes,
            instance=instance,
            **self.engine,
        )


def new_plan(seed: int) -> Plan:
    """Decide everything by the seed."""
    chance = random.Random(seed)  # noqa: S311  a seed is the point
    pick, between = chance.choice, chance.uniform
    session_s = pick((1.0, 2.0, 4.0))
    acts = [_act(chance, session_s) for _ in range(pick((1, 2, 2, 3, 3, 4, 5)))]
    return Plan(
        seed=seed,
        lanes=pick((1, 2, 2, 3)),
        workers=pick((1, 2, 2, 2, 3)),
        stable=chance.random() < 0.35,
        records=pick((20, 40, 60)),
        feed_s=sum(act.pause_s for act in acts) + between(0.2, 1.5),
        reminders=pick((0, 0, 2, 4)),
        weather=Weather(pick((0.0004, 0.002, 0.006)), pick((0.02, 0.1, 0.6)), pick((0.0, 0.02, 0.1))),
        marker_s=pick((0.001, 0.004, 0.05, 0.6)),
        sticky=chance.random() < 0.5,
        session_s=session_s,
        patience_s=pick((0.0, 0.0, 1.0, 3.0)),
        habits=Habits(
            fold_s=pick((0.0, 0.0, 0.001, 0.008)),
            restore_s=pick((0.0, 0.0, 0.0, 0.03)),
            agent_s=pick((0.0, 0.0, 0.01, 0.1)),
            drops=pick((0.0, 0.0, 0.0, 0.05)),
            clears=chance.random() < 0.7,
            fetch_max=pick((3, 10, 40)),
        ),
        engine=_engine(chance, session_s),
        acts=acts,
        implicit=chance.random() < 0.7,
    )


def _engine(chance: random.Random, session_s: float) -> dict[str, int]:
    revoke_ms = chance.choice((50, 300, 1000))
    read_max = chance.choice((2, 6, 30))
    return {
        "commit_interval_ms": chance.choice((1, 20)),
        "idle_interval_ms": chance.choice((20, 250)),
        "read_max": read_max,
        "uncommitted_max": read_max * chance.choice((1, 3)),
        "transaction_timeout_ms": chance.choice((1500, 4000, 10_000)),
        "revoke_bound_ms": revoke_ms,
        "fence_grace_ms": revoke_ms + chance.choice((50, 1000)),
        "session_timeout_ms": int(session_s * 1000),
        "heartbeat_ms": int(session_s * 300),
        "stop_transaction_ms": chance.choice((50, 1500)),
        "batch_bytes": chance.choice((1, 400, 65_536)),
    }


def _act(chance: random.Random, session_s: float) -> Act:
    aimed, between = chance.random() < 0.75, chance.uniform
    return Act(
        name=chance.choice(ACTS),
        pause_s=chance.choice((0.02, 0.2, 0.5, 1.5)) * between(0.2, 1.2),
        length_s=chance.choice((0.1, 0.5, session_s + 0.7, session_s + 2.0, 2 * session_s + 3)) * between(0.7, 1.2),
        api=chance.choice(APIS) if aimed else None,
        stage=chance.choice(STAGES),
        restart_s=chance.choice((0.05, 0.3, 1.0, session_s + 0.5)),
    )
