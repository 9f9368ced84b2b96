"""Exact counts of what happened."""

from collections import Counter

import orjson
import pytest

from streams.funnel import Counts, Key
from tests.streams.given import (
    DAY,
    MONDAY,
    Story,
    accepted,
    attempt,
    boss,
    demo,
    form,
    given,
    lost,
    move,
    page,
    qualified,
    rejected,
    restored,
    returned,
    won,
)


def counted(story: Story, family: str) -> dict[Key, int]:
    """The counters of one family that are not 0, by their labels."""
    return {key[1:]: number for key, number in story.relay.counts.totals.items() if key[0] == family and number}


def test_everybody_is_counted_as_a_visitor_first() -> None:
    story = given(demo(source="search"))
    assert counted(story, "stage_entered") == {("visitor", "search"): 1, ("contact", "search"): 1, ("mql", "search"): 1}
    assert counted(story, "leads") == {("mql",): 1}


def test_a_jump_counts_every_rung_between() -> None:
    assert counted(given(won()), "conversions") == {
        ("visitor", "contact"): 1,
        ("contact", "lead"): 1,
        ("lead", "mql"): 1,
        ("mql", "accepted"): 1,
        ("accepted", "sql"): 1,
        ("sql", "customer"): 1,
    }


def test_a_conversion_counts_once_a_lead_however_often_it_goes_round() -> None:
    story = given(demo(), accepted(), returned(), demo(), qualified(), lost(), demo(), won(), move(to="lead"), demo())
    assert set(counted(story, "conversions").values()) == {1}
    assert counted(story, "stage_entered")["mql", "other"] == 4
    assert counted(story, "handoffs") == {("conversion",): 4}


def test_who_was_disqualified_is_no_rung_of_the_funnel() -> None:
    story = given(form(), rejected())
    assert counted(story, "conversions") == {("visitor", "contact"): 1}
    assert counted(story, "leads") == {("disqualified",): 1}


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (MONDAY, "2026-11"),
        (MONDAY - 2 * DAY - 9 * 3_600_000, "2026-10"),
        (MONDAY - DAY - 9 * 3_600_000 - 1, "2026-10"),
        (MONDAY - DAY - 9 * 3_600_000, "2026-11"),
    ],
)
def test_a_stage_counts_in_the_month_in_which_it_was_entered(at: int, month: str) -> None:
    assert counted(given(page(at, source="web")), "month") == {(month, "visitor", "web"): 1}


def test_a_late_event_counts_in_its_own_month() -> None:
    story = given(page(MONDAY + 30 * DAY), form(MONDAY))
    assert set(counted(story, "month")) == {("2026-12", "visitor", "other"), ("2026-11", "contact", "other")}


def test_attempts_count_by_channel_and_outcome() -> None:
    story = given(demo(), attempt(), attempt(channel="video", outcome="answered"), attempt(outcome="answered"))
    assert counted(story, "attempts") == {("phone", "no_answer"): 1, ("video", "answered"): 1, ("phone", "answered"): 1}
    assert counted(story, "attempts_to_answer") == {("2",): 1}


def test_attempts_to_yes_are_those_of_all_pursuits() -> None:
    story = given(demo(), attempt(), returned(), demo(), attempt(), attempt(), qualified())
    assert counted(story, "attempts_to_yes") == {("3",): 1}


def test_returns_and_deadlines_count_by_how_they_ended() -> None:
    story = given(demo(MONDAY), attempt(), returned(reason="no_budget"), demo(MONDAY + DAY))
    story.remind(MONDAY + 9 * DAY)
    assert counted(story, "returns") == {("no_budget",): 1}
    assert counted(story, "deadlines") == {("met",): 1, ("missed",): 1}


def test_every_end_of_a_message_is_counted() -> None:
    seen = page()
    story = given(seen, seen, returned(), move(to="mql"))
    assert counted(story, "messages") == {
        ("leads.activity.v1", "applied"): 1,
        ("leads.activity.v1", "repeated"): 1,
        ("leads.feedback.v1", "ignored"): 1,
        ("leads.feedback.v1", "refused"): 1,
    }


# ---- the rows of the counters


def test_counters_come_back_from_their_rows() -> None:
    story = given(page(), boss(), demo(), attempt())
    rows = story.relay.counts.changes()
    back = Counts()
    for name, row in rows:
        back.restore(name, b'{"old|x":1}')
        back.restore(name, row)
    assert back.totals == story.relay.counts.totals
    assert back.shown == back.totals
    back.add(("handoffs", "conversion"))
    assert back.totals["handoffs", "conversion"] == 2


def test_counting_begins_where_the_rows_ended() -> None:
    back = Counts()
    back.restore(b"\x00counts", b'{"handoffs|score":41}')
    back.add(("handoffs", "score"))
    assert back.changes() == [(b"\x00counts", b'{"handoffs|score":42}')]


def test_a_month_has_a_row_of_its_own_that_rests_when_it_is_over() -> None:
    story = given(page(MONDAY), page(MONDAY + 30 * DAY, lead="bob"))
    assert [name for name, _ in story.relay.counts.changes()] == [
        b"\x00counts",
        b"\x00month:2026-11",
        b"\x00month:2026-12",
    ]
    story.when(page(MONDAY + 31 * DAY, lead="cy"))
    rows = dict(story.relay.counts.changes())
    assert [*rows] == [b"\x00counts", b"\x00month:2026-12"]
    assert orjson.loads(rows[b"\x00month:2026-12"]) == {"month|2026-12|visitor|other": 2}
    assert story.relay.counts.changes() == []


def test_only_what_is_committed_is_shown() -> None:
    counts = Counts()
    counts.add(("handoffs", "score"))
    assert counts.shown == {}
    counts.changes()
    assert counts.shown == {}
    counts.add(("handoffs", "score"))
    counts.committed()
    assert counts.shown == {("handoffs", "score"): 1}
    assert Counter(counts.totals) == {("handoffs", "score"): 2}


def test_what_was_shown_is_not_changed_afterwards() -> None:
    counts = Counts()
    counts.restore(b"\x00counts", b'{"handoffs|score":1}')
    shown = counts.shown
    counts.add(("handoffs", "score"))
    counts.changes()
    assert shown == {("handoffs", "score"): 1}


def test_what_a_lane_began_with_is_told_from_what_it_counted() -> None:
    story = restored(given(page()).relay.harvest()).and_then(page())
    story.relay.harvest()
    story.relay.committed()
    key = ("messages", "leads.activity.v1", "applied")
    assert (story.relay.restored[key], story.relay.shown[key]) == (1, 2)
    assert given(page()).relay.restored == {}
