"""Names every topic of a bench, makes them for it, and takes them away again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents import admin
from agents.errors import LeadrelayError
from schemas import topics

APP_ID = "leadrelay-bench"
OTHERS = ("faust", "aiokafka", "confluent")
"""The systems that leadrelay is compared with. They write to topics of their own."""
BESIDE = "beside"
"""A second worker of leadrelay, with another agreement."""


@dataclass(frozen=True, slots=True)
class Place:
    """A topic of a system that leadrelay is compared with."""

    name: str
    partitions: int | None = None
    config: Mapping[str, str] = field(default_factory=dict)


def app_id(system: str) -> str:
    """The consumer group of a system, with which its own topics begin."""
    return APP_ID if system == "leadrelay" else f"{APP_ID}-{system}"


def changelog(system: str) -> str:
    """Where a system writes its rows."""
    return topics.changelog(app_id(system)).name


def output(system: str, topic: str) -> str:
    """Where one of the compared systems writes what leadrelay writes to this topic."""
    return f"{app_id(system)}-{topic}"


def places() -> list[admin.Topic]:
    """Every topic of a bench: the catalogue's, and those of the compared systems."""
    theirs = [
        Place(name, config=config)
        for system in OTHERS
        for name, config in (
            (changelog(system), topics.changelog(APP_ID).config),
            *((output(system, topic.name), topic.config) for topic in topics.OUTPUTS),
        )
    ]
    return [*topics.TOPICS, *(topics.changelog(app_id(ours)) for ours in ("leadrelay", BESIDE)), *theirs]


async def create(address: str, lanes: int) -> None:
    """Make all topics.

    Raises:
        LeadrelayError: One is there already: it would be written to, and it may be somebody's.
    """
    wanted = {place.name for place in places()}
    async with admin.connected(address) as client:
        present = sorted(wanted & set(await client.list_topics()))
    if present:
        raise LeadrelayError(
            "the bench would write into topics that are in use",
            f"{address} has {', '.join(present)}",
            "give --broker a Kafka without them, or leave it out: then a broker is started for the bench",
        )
    await admin.create(address, places(), lanes)


async def remove(address: str) -> None:
    """Delete all topics of the bench."""
    async with admin.connected(address) as client:
        await client.delete_topics([place.name for place in places()])
