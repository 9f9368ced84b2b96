"""Gives a test module a Kafka that holds the relay's topics and nothing else: their names are fixed."""

import asyncio
from collections.abc import Iterator

import pytest

from agents import admin
from agents.broker import EmbeddedBroker
from schemas.topics import PARTITIONS, TOPICS, changelog


@pytest.fixture(scope="module")
def relay_broker(broker: EmbeddedBroker) -> Iterator[EmbeddedBroker]:
    """A running broker of this module alone, with the catalogue's topics."""
    del broker  # it has made the class archive, so that this one starts quickly
    with EmbeddedBroker() as running:
        asyncio.run(admin.create(running.address, [*TOPICS, changelog("leadrelay")], PARTITIONS))
        yield running
