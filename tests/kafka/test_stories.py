"""The same story gives the same events through a replay and through Kafka."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.agreement import load_terms
from agents.broker import EmbeddedBroker
from schemas.codec import Output
from schemas.topics import LETTER, OUTPUTS
from streams.replay import Replay, place
from tests.kafka.cluster import cluster
from tests.kafka.history import Sent

pytestmark = pytest.mark.kafka
STORIES = sorted(path for path in Path(__file__).parents[1].glob("stories/*.jsonl") if ".expected" not in path.name)


def lines() -> Iterator[bytes]:
    """All stories after one another: their leads are different people."""
    for story in STORIES:
        yield from filter(bytes.strip, story.read_bytes().splitlines())


def without_place(output: Output) -> Output:
    """The event without the place of the letter that caused it: transactions leave marks between letters."""
    headers = ((name, LETTER.letter.encode() if _of_a_letter(name, value) else value) for name, value in output.headers)
    return output._replace(headers=tuple(headers))


def _of_a_letter(name: str, value: bytes) -> bool:
    return name == "ce_id" and value.startswith(LETTER.letter.encode())


async def test_the_same_stories_give_the_same_events_through_a_replay_and_through_kafka(
    empty_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    replay, told = Replay(load_terms()), list(lines())
    expected: Counter[Output] = Counter()
    handled = []
    for line in told:
        expected.update(map(without_place, replay.feed([line])))
        handled.append(sum(number for key, number in replay.counts().items() if key[0] == "messages"))
    async with cluster(empty_broker.address, tmp_path) as relay:
        relay.start(LEADRELAY_CLOCK="off")
        for number, line in zip(handled, told, strict=True):
            where = place(line)
            await relay.send([Sent(where.topic, where.key, line, [])])
            await relay.until_handled(number)
        found: Counter[Output] = Counter()
        for topic in OUTPUTS:
            found.update(
                map(
                    without_place,
                    [Output(topic.name, r.key, r.value, tuple(r.headers)) for r in await relay.read(topic)],
                )
            )
    published = {topic.name for topic in OUTPUTS}
    assert found == Counter({key: n for key, n in expected.items() if key.topic in published})
    assert found.total() > len(STORIES)
