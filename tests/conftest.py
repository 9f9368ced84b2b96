"""Gives every test that needs one the same real broker."""

from collections.abc import Iterator

import pytest

from agents.broker import EmbeddedBroker, warm


@pytest.fixture(scope="session")
def broker() -> Iterator[EmbeddedBroker]:
    """A running broker, one for each process of the test run; tests take topics and groups of their own in it."""
    warm(print)
    with EmbeddedBroker() as running:
        yield running
