"""The catalogue of topics: no orphans, and every lane has the same topics."""

import re

import pytest

from schemas import topics
from schemas.codec import KINDS
from schemas.topics import TOPICS, Topic, changelog

ALL = [*TOPICS, changelog("leadrelay")]
EACH = pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)


@EACH
def test_a_topic_has_a_purpose_an_owner_writers_and_readers(topic: Topic) -> None:
    assert topic.purpose.endswith(".")
    assert topic.owner in {"marketing", "sales", "leadrelay"}
    assert topic.writers
    assert topic.readers
    assert topic.key


@EACH
def test_a_topic_is_kept_for_a_time_or_compacted(topic: Topic) -> None:
    match topic.config["cleanup.policy"]:
        case "delete":
            assert int(topic.config["retention.ms"]) >= 30 * topics.DAY_MS
            assert topic.config["message.timestamp.type"] == "LogAppendTime", "an old event must not be deleted at once"
        case policy:
            assert policy == "compact"
            assert "retention.ms" not in topic.config


def test_names_are_unique_and_carry_a_version() -> None:
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"leads\.[a-z]+\.v1", name) for name in names)


def test_each_kind_of_event_has_its_topic_and_each_topic_of_events_its_kinds() -> None:
    assert {kind.topic for kind in KINDS} == {topic.name for topic in (*topics.INPUTS, *topics.OUTPUTS)}


def test_the_family_in_a_type_is_the_topic() -> None:
    assert all(kind.topic == f"leads.{kind.type.split('.')[1]}.v1" for kind in KINDS)


def test_topics_that_cause_something_have_a_letter_and_no_others() -> None:
    letters = [topic.letter for topic in topics.INPUTS]
    assert all(len(letter) == 1 for letter in letters)
    assert len(set(letters)) == len(letters)
    assert [topic.name for topic in ALL if topic.letter] == [topic.name for topic in topics.INPUTS]
    assert {topic.name: topic.letter for topic in topics.INPUTS} == topics.LETTERS


def test_what_the_worker_reads_are_its_inputs_and_its_own_memory() -> None:
    assert [topic.name for topic in ALL if "worker" in topic.readers] == [
        *(topic.name for topic in topics.INPUTS),
        topics.AGREEMENT.name,
        "leadrelay-leads-changelog",
    ]


def test_every_topic_that_the_worker_uses_lane_by_lane_has_the_number_of_lanes() -> None:
    assert [topic.name for topic in ALL if topic.partitions is not None] == [topics.AGREEMENT.name]


def test_the_changelog_is_named_after_the_app() -> None:
    assert changelog("emea").name == "emea-leads-changelog"
