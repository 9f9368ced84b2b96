"""A broker without topics: the relay's topics have fixed names, so that each of its tests needs one of its own."""

from collections.abc import Iterator

import pytest

from agents.broker import EmbeddedBroker


@pytest.fixture
def empty_broker(broker: EmbeddedBroker) -> Iterator[EmbeddedBroker]:
    """A running broker of this test alone."""
    del broker  # it has made the class archive, so that this one starts quickly
    with EmbeddedBroker() as running:
        yield running
