"""A history without Kafka."""

from dataclasses import replace

import orjson
import pytest

from schemas import topics
from schemas.codec import Output
from schemas.envelope import Envelope, structured
from streams.replay import Place, Replay, place
from streams.row import pack
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MONDAY,
    Event,
    accepted,
    agreed,
    attempt,
    demo,
    home,
    page,
    said,
    type_of,
)

LANES = 12
LEADS = ["ada", "bob", "cy", "dee", "eve"]


def lines(*events: Event) -> list[bytes]:
    return [each.value() for each in events]


def facts(outputs: list[Output]) -> list[tuple[str, str, str]]:
    """Lead, name and cause of each fact."""
    read = [orjson.loads(output.value or b"") for output in outputs if output.topic == topics.FACT.name]
    return [(each["lead"], each["fact"], each["cause"]) for each in read]


# ---- where a line belongs


def test_a_line_belongs_where_its_type_is_carried() -> None:
    assert place(page(MONDAY).value()) == Place(topics.ACTIVITY.name, b"ada", MONDAY)
    assert place(attempt(MONDAY, lead="bob").value()) == Place(topics.FEEDBACK.name, b"bob", MONDAY)
    reminder = Envelope("r", "s", "leadrelay.letter.reminder.v1", "ada", MONDAY, b'{"deadline":"response","handoff":1}')
    assert place(structured(reminder)) == Place(topics.LETTER.name, b"ada", MONDAY)


def test_what_only_we_publish_is_refused_among_the_activities() -> None:
    event = Envelope("r", "s", "leadrelay.notice.given.v1", "ada", MONDAY, b"{}")
    assert place(structured(event)).topic == topics.ACTIVITY.name


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (b"junk", None),
        (b"[]", None),
        (b"{}", None),
        (b'{"subject":7}', b"7"),
        (b'{"subject":"ada"}', b"ada"),
        (page(MONDAY).value().replace(b"page_viewed", b"page_sniffed"), b"ada"),
        (page(MONDAY).value().replace(b"2026-11", b"1970-01"), b"ada"),
        (b"\xff\xfe", None),
    ],
)
def test_what_can_not_be_read_belongs_among_the_activities_of_its_lead(line: bytes, key: bytes | None) -> None:
    assert place(line) == Place(topics.ACTIVITY.name, key, 0)


# ---- feeding


def test_positions_are_those_of_a_fresh_cluster() -> None:
    replay = Replay(agreed())
    outputs = list(replay.feed(lines(page(MONDAY), page(MONDAY), attempt(MONDAY), page(MONDAY, lead="bob"))))
    ada, bob = home("ada", LANES), home("bob", LANES)
    assert ada != bob
    assert [cause for _, _, cause in facts(outputs)] == [f"a{ada}-0"] * 2 + [f"a{ada}-1", f"f{ada}-0"] + [
        f"a{bob}-0"
    ] * 2


def test_empty_lines_are_nothing() -> None:
    assert list(Replay(agreed()).feed([b"", b"\n", b"  \n"])) == []


def test_junk_is_refused_and_its_neighbours_are_untouched() -> None:
    replay = Replay(agreed(), 2)
    outputs = list(replay.feed([*lines(page(MONDAY)), b"junk", *lines(demo(MONDAY))]))
    assert [output.value for output in outputs if output.topic == topics.DEADLETTER.name] == [b"junk"]
    assert [type_of(output) for output in outputs if output.topic == topics.HANDOFF.name] == ["handoff.requested"]
    assert replay.counts()["messages", topics.ACTIVITY.name, "refused"] == 1


def test_leads_come_by_id_from_all_lanes() -> None:
    replay = Replay(agreed())
    list(replay.feed(lines(*[page(MONDAY, lead=lead) for lead in reversed(LEADS)])))
    assert [lead.id for lead in replay.leads()] == LEADS
    replay.relays[home(ADA, LANES)].harvest()
    assert [lead.id for lead in replay.leads()] == LEADS
    assert {home(lead, LANES) for lead in LEADS} > {home(ADA, LANES)}


def test_counters_are_those_of_all_lanes_together() -> None:
    replay = Replay(agreed())
    list(replay.feed(lines(*[page(MONDAY, lead=lead) for lead in LEADS])))
    assert replay.counts()["leads", "visitor"] == len(LEADS)


# ---- reminding


def test_a_deadline_is_missed_before_the_event_that_comes_after_it() -> None:
    story = lines(demo(MONDAY), page(MONDAY + 2 * DAY, lead="bob"), accepted(MONDAY + 3 * DAY))
    named = [(lead, fact) for lead, fact, _ in facts(list(Replay(agreed()).feed(story, reminding=True)))]
    assert named.index(("ada", "deadline_ended")) < named.index(("bob", "arrived"))
    without = [(lead, fact) for lead, fact, _ in facts(list(Replay(agreed()).feed(story)))]
    assert without.index(("ada", "deadline_ended")) > without.index(("bob", "arrived"))


def test_at_the_end_the_deadlines_up_to_a_time_are_missed_in_their_order() -> None:
    replay = Replay(agreed())
    list(replay.feed(lines(demo(MONDAY + HOUR, lead="cy"), demo(MONDAY, lead="bob"), demo(MONDAY + 2 * HOUR))))
    outputs = list(replay.remind(MONDAY + DAY + HOUR + 15 * 60_000))
    assert [data["lead"] for _, data in said(outputs)] == ["bob", "cy"]
    assert list(replay.remind(MONDAY + DAY + HOUR + 15 * 60_000)) == []
    assert [data["lead"] for _, data in said(list(replay.remind(MONDAY + 9 * DAY)))] == ["ada"]


def test_a_reminder_is_a_message_like_any_other() -> None:
    replay = Replay(agreed())
    list(replay.feed(lines(demo(MONDAY))))
    outputs = list(replay.remind(MONDAY + 9 * DAY))
    lane = home(ADA, LANES)
    assert {cause for _, _, cause in facts(outputs)} == {f"l{lane}-0"}
    assert replay.counts()["messages", topics.LETTER.name, "applied"] == 1


def test_the_same_history_gives_the_same_bytes() -> None:
    story = lines(demo(MONDAY), attempt(MONDAY + 1), replace(demo(MONDAY + 2), lead="bob"))
    one, other = Replay(agreed()), Replay(agreed())
    assert list(one.feed(story, reminding=True)) == list(other.feed(story, reminding=True))
    assert [pack(lead) for lead in one.leads()] == [pack(lead) for lead in other.leads()]
