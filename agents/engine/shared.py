"""What all parts of the engine share."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.engine.fold import NewFold
from agents.engine.kafka import Kafka
from agents.engine.lanes import Lanes
from agents.engine.observer import Observer
from agents.engine.settings import EngineSettings


@dataclass(frozen=True, slots=True)
class Shared:
    """Settings, the set of lanes, who listens, how a fold is made, the way out of the process, and Kafka.

    Attributes:
        fail: Ends the process with this error; does not return, except in tests.
    """

    settings: EngineSettings
    lanes: Lanes
    observer: Observer
    new_fold: NewFold
    fail: Callable[[BaseException], None]
    kafka: Kafka
