"""Alarms: which leads are reminded, and when."""

import orjson

from schemas import topics
from streams.alarms import RUNG_MAX
from streams.row import due_at
from tests.streams.given import (
    DAY,
    MINUTE,
    MONDAY,
    accepted,
    demo,
    given,
    kinds,
    page,
    restored,
)

DUE = MONDAY + DAY
"""Eight working hours after a demo asked for at MONDAY."""


def test_an_alarm_rings_when_grace_is_over() -> None:
    story = given(demo(MONDAY))
    assert story.relay.wakes_at() == DUE + 15 * MINUTE
    assert story.relay.ring(DUE + 15 * MINUTE - 1) == 0
    assert story.relay.ring(DUE + 15 * MINUTE) == 1
    assert story.relay.wakes_at() is None
    letter = story.relay.outputs[-1]
    assert (letter.topic, letter.key) == (topics.LETTER.name, b"ada")
    headers = dict(letter.headers)
    assert headers["ce_id"] == f"reminder-{DUE}-1".encode()
    assert headers["ce_time"] == b"2026-11-03T09:00:00.000Z"
    assert orjson.loads(letter.value or b"") == {"deadline": "response", "handoff": 1}


def test_without_a_deadline_nothing_wakes_the_lane() -> None:
    story = given(page(), accepted())
    assert story.relay.wakes_at() is None
    assert story.relay.ring(MONDAY + 1000 * DAY) == 0


def test_an_alarm_whose_deadline_was_met_does_not_ring() -> None:
    story = given(demo(MONDAY), accepted())
    assert story.relay.wakes_at() is not None
    assert story.relay.ring(MONDAY + 1000 * DAY) == 0


def test_alarms_ring_in_their_order() -> None:
    story = given(demo(MONDAY + 2, lead="bob"), demo(MONDAY + 1, lead="cy"), demo(MONDAY, lead="ada"))
    assert story.relay.ring(DUE + 15 * MINUTE + 1) == 2
    assert [output.key for output in story.relay.outputs[-2:]] == [b"ada", b"cy"]


def test_many_alarms_ring_a_part_at_a_time() -> None:
    story = given(*[demo(MONDAY, lead=f"lead-{number}") for number in range(RUNG_MAX + 1)])
    assert [story.relay.ring(DUE + DAY) for _ in range(3)] == [RUNG_MAX, 1, 0]


def test_the_alarm_of_a_deleted_row_does_not_ring() -> None:
    back = restored(given(demo(MONDAY)).relay.harvest())
    back.relay.restore(b"ada", None)
    assert back.relay.ring(DUE + DAY) == 0


def test_a_restored_alarm_rings_once_however_often_the_row_was_written() -> None:
    story = given(demo(MONDAY))
    harvests = [story.relay.harvest()]
    for _ in range(3):
        story.when(page())
        harvests.append(story.relay.harvest())
    assert due_at(story.relay.rows[b"ada"]) == DUE
    back = restored(*harvests)
    assert kinds(back.remind(DUE + DAY)) == ["deadline_ended", "noticed"]


def test_a_restored_alarm_of_an_older_row_does_not_ring() -> None:
    story = given(demo(MONDAY))
    first = story.relay.harvest()
    story.when(accepted())
    back = restored(first, story.relay.harvest())
    assert back.relay.ring(DUE + DAY) == 0


def test_a_reminder_written_twice_takes_effect_once() -> None:
    story = given(demo(MONDAY))
    harvest = story.relay.harvest()
    back = restored(harvest)
    letters = [*back.ring(DUE + DAY), *restored(harvest).ring(DUE + DAY)]
    assert letters[0] == letters[1]
    assert kinds(back.deliver(letters, DUE + DAY)) == ["deadline_ended", "noticed", "passed"]
    assert back.end == "repeated"
