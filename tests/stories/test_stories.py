"""Each story, told without Kafka, publishes what is expected and refuses what is expected."""

from pathlib import Path

import orjson
import pytest

from schemas import topics
from schemas.codec import BY_TYPE, Output
from schemas.envelope import instant, opened, structured
from streams.refused import MESSAGE, REASON
from streams.replay import Replay
from tests.streams.given import agreed

HERE = Path(__file__).parent
STORIES = sorted(path.stem for path in HERE.glob("*.jsonl") if ".expected" not in path.name)
UNTIL = instant("2026-11-20T00:00:00Z")
PUBLISHED = {topic.name for topic in topics.OUTPUTS}
ENDS = {
    "another": ("visitor", ""),
    "bela": ("customer", ""),
    "clara": ("accepted", ""),
    "hugo": ("accepted", ""),
    "ines": ("accepted", ""),
    "joao": ("accepted", ""),
    "luis": ("mql", ""),
    "maria": ("accepted", ""),
    "nuno": ("mql", ""),
    "olga": ("accepted", ""),
    "paulo": ("mql", ""),
    "rui": ("sql", ""),
    "spammer": ("lead", "consideration"),
    "teresa": ("customer", ""),
    "vera": ("accepted", ""),
    "wanda": ("accepted", ""),
}
"""Stage and track of everybody at the end."""


def lines(name: str) -> list[bytes]:
    return (HERE / f"{name}.jsonl").read_bytes().splitlines()


def told(replay: Replay, messages: list[bytes]) -> list[Output]:
    return [*replay.feed(messages, reminding=True), *replay.remind(UNTIL)]


def ends(replay: Replay) -> dict[str, tuple[str, str]]:
    return {lead.id: (lead.stage, lead.track) for lead in replay.leads() if not lead.known_as}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_publishes_what_is_expected(name: str) -> None:
    outputs = told(Replay(agreed()), lines(name))
    events = [structured(opened(each.key, each.value, each.headers)) for each in outputs if each.topic in PUBLISHED]
    assert events == lines(f"{name}.expected")


@pytest.mark.parametrize("name", STORIES)
def test_a_story_refuses_what_is_expected(name: str) -> None:
    letters = [each for each in told(Replay(agreed()), lines(name)) if each.topic == topics.DEADLETTER.name]
    refused = [
        {
            "reason": dict(letter.headers)[REASON].decode(),
            "detail": dict(letter.headers)[MESSAGE].decode(),
            "value": (letter.value or b"").decode(),
        }
        for letter in letters
    ]
    expected = HERE / f"{name}.expected.deadletters.jsonl"
    assert refused == ([orjson.loads(line) for line in lines(expected.stem)] if expected.exists() else [])


def test_all_stories_after_one_another_end_as_each_alone() -> None:
    replay = Replay(agreed())
    told(replay, [line for name in STORIES for line in lines(name)])
    assert ends(replay) == ENDS
    alone = [Replay(agreed()) for _ in STORIES]
    for each, name in zip(alone, STORIES, strict=True):
        told(each, lines(name))
    assert {lead: end for each in alone for lead, end in ends(each).items()} == ENDS


def test_the_stories_tell_of_every_event_that_is_published() -> None:
    of_groups = {"leadrelay.handoff.group_requested.v1"}  # the default agreement has none; see rules/
    published = {orjson.loads(line)["type"] for name in STORIES for line in lines(f"{name}.expected")}
    assert published | of_groups == {kind for kind, each in BY_TYPE.items() if each.topic in PUBLISHED}


def test_every_story_is_described() -> None:
    described = (HERE / "README.md").read_text()
    assert [name for name in STORIES if f"| `{name}` |" not in described] == []
