"""Gives every test that needs one the same real broker, and programs that can be interrupted."""

import signal
from collections.abc import Iterator

import pytest

from agents.broker import EmbeddedBroker, warm


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """A runner in the background ignores Ctrl-C; so would the programs that a test starts and interrupts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def broker() -> Iterator[EmbeddedBroker]:
    """A running broker, one for each process of the test run; tests take topics and groups of their own in it."""
    warm(print)
    with EmbeddedBroker() as running:
        yield running
