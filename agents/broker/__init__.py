"""Gives a machine that has nothing but Python a real Kafka broker, for the demo, the tests and development."""

from agents.broker.background import Background, start_background, status, stop_background
from agents.broker.embedded import EmbeddedBroker
from agents.broker.warm import warm

__all__ = ["Background", "EmbeddedBroker", "start_background", "status", "stop_background", "warm"]
