"""Reading goes on where it stopped, or says why it cannot."""

from typing import Any

import pytest
from aiokafka import TopicPartition

from agents.engine.positions import settle
from agents.errors import LeadrelayError
from tests.agents.engine.fakes import Heard


class Client:
    def __init__(self, begin: int, end: int) -> None:
        self.begin, self.end = begin, end

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self.begin)

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self.end)


async def settled(client: Any, **known: int) -> tuple[dict[str, int], Heard]:
    heard = Heard()
    return (await settle(client, {4: known}, ("a", "b"), heard))[4], heard


async def test_a_known_position_is_kept_and_a_new_topic_begins_at_its_first_record() -> None:
    positions, heard = await settled(Client(begin=3, end=20), a=10)
    assert positions == {"a": 10, "b": 3}
    assert heard.events == []


async def test_dropped_records_are_reported() -> None:
    positions, heard = await settled(Client(begin=15, end=20), a=10, b=15)
    assert positions == {"a": 15, "b": 15}
    assert heard.events == [("skipped", "a", 4, 10, 15)]


async def test_a_topic_that_ends_before_the_position_is_another_topic() -> None:
    with pytest.raises(LeadrelayError, match="ends at offset 9, and we have read up to 10"):
        await settled(Client(begin=0, end=9), a=10)
