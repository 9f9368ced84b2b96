"""One message through the house, and what one lane has to write for it."""

from dataclasses import replace

import orjson
import pytest

from schemas import topics
from schemas.envelope import REASONS
from schemas.fact import Forwarded, Passed
from streams.record import Line
from streams.relay import Harvest, Relay
from streams.row import pack, unpack
from tests.streams.given import (
    ADA,
    DAY,
    HOT,
    HOUR,
    MONDAY,
    Story,
    accepted,
    agreed,
    attempt,
    boss,
    demo,
    fact_of,
    given,
    home,
    kinds,
    move,
    page,
    restored,
    returned,
)

ACTIVITY = topics.ACTIVITY.name
DUE = MONDAY + DAY
GOOD = page(MONDAY).value()


# ---- one end for each message


def test_a_message_that_changes_something_is_applied() -> None:
    assert given(page()).end == "applied"


def test_a_repeated_message_changes_nothing() -> None:
    once = boss()
    story = given(page(), once)
    row = pack(story.lead)
    assert story.when(once) == [Passed("repeated", "this event id was seen before", "")]
    assert (story.end, pack(story.lead)) == ("repeated", row)


def test_the_same_id_from_another_source_is_another_message() -> None:
    once = page()
    assert given(once, replace(once, source="urn:other")).lead.activity == {"page_viewed": 2}


def test_the_same_id_of_another_lead_is_another_message() -> None:
    once = page()
    assert given(once, replace(once, lead="bob")).end == "applied"


def test_an_id_older_than_the_agreed_window_is_forgotten() -> None:
    once = page()
    others = [page() for _ in range(3)]
    assert given(once, *others[:2], once, terms=agreed(duplicates__remember=3)).end == "repeated"
    assert given(once, *others, once, terms=agreed(duplicates__remember=3)).end == "applied"


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (b"ada", None, "null_value"),
        (b"ada", b"\xff\xfe", "not_json"),
        (b"ada", b"[1]", "not_json"),
        (b"ada", b"{}", "not_a_cloudevent"),
        (b"bob", GOOD, "wrong_key"),
        (None, GOOD, "wrong_key"),
        (b"\xff", GOOD, "wrong_key"),
        (b"ada", GOOD.replace(b"page_viewed", b"page_sniffed"), "unknown_type"),
        (b"ada", GOOD.replace(b"leadrelay.activity.page_viewed", b"leadrelay.feedback.accepted"), "unknown_type"),
        (b"ada", GOOD.replace(b"url", b"uri"), "invalid_data"),
        (b"ada", GOOD.replace(b"2026-11", b"1970-01"), "time_out_of_range"),
        (b"ada", GOOD.replace(b"2026-11", b"9999-01"), "time_out_of_range"),
        (b"ada", GOOD.replace(b"2026-11-02T", b"2026-11-02X"), "bad_time"),
        (b"ada", GOOD.replace(b'"subject"', b'"object"'), "missing_attribute"),
        (b"ada", b" " * 1_000_000, "too_large"),
    ],
)
def test_what_can_not_be_taken_is_refused_with_its_reason(key: bytes | None, value: bytes | None, reason: str) -> None:
    story = given(page(MONDAY))
    before = pack(story.lead)
    record = Line(ACTIVITY, 0, 7, MONDAY, key, value, (("h", b"1"),))
    (passed,) = story.take(record)
    assert isinstance(passed, Passed)
    assert (story.end, passed.end, passed.reason) == ("refused", "refused", reason)
    (journal, letter) = story.outputs
    assert orjson.loads(journal.value or b"")["cause"] == "a0-7"
    assert (letter.topic, letter.key, letter.value) == (topics.DEADLETTER.name, key, value)
    assert letter.headers[0] == ("h", b"1")
    assert dict(letter.headers)["__connect.errors.exception.class.name"] == reason.encode()
    assert pack(story.lead) == before
    assert [*story.relay.drafts] == [b"ada"]
    assert reason in REASONS


def test_a_message_in_the_wrong_lane_is_sent_on_unless_its_lead_lives_there() -> None:
    lanes = 12
    home_lane = home(ADA, lanes)
    wrong, right = Relay((home_lane + 1) % lanes, lanes, agreed()), Relay(home_lane, lanes, agreed())
    record = page(MONDAY).record(wrong.lane, 7)
    assert wrong.take(record) == "applied"
    letter, told = wrong.outputs
    assert fact_of(told.value or b"") == Forwarded(home_lane)
    assert (letter.topic, letter.key, letter.value) == (topics.LETTER.name, b"ada", record.value)
    assert letter.headers == (("ce_forwardedfrom", b"a%d-7" % wrong.lane),)
    assert wrong.counts.totals["forwarded", topics.ACTIVITY.name] == 1
    assert not wrong.drafts
    carried = Line(letter.topic, home_lane, 0, MONDAY, letter.key, letter.value, letter.headers)
    assert [right.take(carried), right.take(replace(carried, offset=1))] == ["applied", "repeated"]
    assert right.lead(b"ada").activity == {"page_viewed": 1}
    wrong.restore(b"ada", pack(given(page()).lead))
    assert wrong.take(replace(record, offset=8)) == "applied"
    assert len(wrong.drafts) == 1


def test_what_was_sent_on_is_not_sent_on_again() -> None:
    lane = (home(ADA, 12) + 1) % 12
    relay = Relay(lane, 12, agreed())
    letter = replace(page(MONDAY).record(lane, 0), topic=topics.LETTER.name, headers=(("ce_forwardedfrom", b"a0-7"),))
    assert relay.take(letter) == "refused"


@pytest.mark.parametrize("place", [b"", b"x1-2", b"\xff"])
def test_a_letter_from_nowhere_carries_letters_alone(place: bytes) -> None:
    letter = replace(page(MONDAY).record(0, 0), topic=topics.LETTER.name, headers=(("ce_forwardedfrom", place),))
    assert Relay(0, 1, agreed()).take(letter) == "refused"


def test_feedback_is_sent_on_too() -> None:
    lane = (home(ADA, 12) + 1) % 12
    relay = Relay(lane, 12, agreed())
    relay.take(accepted(MONDAY).record(lane, 3))
    letter = relay.outputs[0]
    right = Relay(home(ADA, 12), 12, agreed())
    assert right.take(Line(letter.topic, right.lane, 0, MONDAY, letter.key, letter.value, letter.headers)) == "applied"
    assert right.lead(b"ada").stage == "accepted"


def test_an_event_from_the_day_after_tomorrow_is_refused() -> None:
    story = Story()
    record = page(MONDAY).record(0, 0)
    story.take(replace(record, timestamp=MONDAY - DAY))
    assert story.end == "applied"
    story.take(replace(page(MONDAY + 1).record(0, 1), timestamp=MONDAY - DAY))
    assert story.end == "refused"


def test_an_event_whose_arrival_is_unknown_is_taken() -> None:
    story = Story()
    story.take(replace(page(MONDAY).record(0, 0), timestamp=0))
    assert story.end == "applied"


# ---- what is to be written


def test_a_harvest_is_rows_of_leads_and_counters_then_facts_and_events() -> None:
    story = given(page(MONDAY), demo(MONDAY))
    harvest = story.relay.harvest()
    assert [key for key, _ in harvest.rows] == [b"ada", b"\x00counts", b"\x00month:2026-11"]
    assert harvest.rows[0][1] == pack(story.lead)
    assert [output.topic for output in harvest.outputs] == [topics.FACT.name] * 7 + [topics.HANDOFF.name]
    assert harvest.urgent


def test_facts_and_rows_alone_are_not_urgent() -> None:
    assert not given(page()).relay.harvest().urgent
    assert given(page(), move(to="mql")).relay.harvest().urgent


def test_what_is_harvested_is_not_harvested_again() -> None:
    story = given(*HOT)
    story.relay.harvest()
    assert story.relay.harvest() == Harvest([], [], urgent=False)
    row = story.relay.rows[b"ada"]
    story.when(accepted())
    ((key, newer), *_) = story.relay.harvest().rows
    assert (key, row != newer) == (b"ada", True)


def test_a_lead_that_was_only_asked_for_is_not_written() -> None:
    story = given(page())
    story.relay.harvest()
    story.relay.lead(b"ada")
    story.and_then(returned(), move(to="mql"))
    assert b"ada" in dict(story.relay.harvest().rows)
    story.and_then(move(to="mql"))
    assert b"ada" not in dict(story.relay.harvest().rows)


def test_leads_stay_unpacked_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.warm.LEADS_MAX", 2)
    story = Story()
    rows: dict[bytes, bytes | None] = {}

    def touch(*leads: str) -> None:
        story.and_then(*[page(lead=lead) for lead in leads])
        rows.update(story.relay.harvest().rows)

    touch("ada", "bob")
    ada = story.lead
    touch("cy")
    assert story.lead is ada
    touch("ada")
    touch("dee", "eve")
    assert story.lead is ada
    touch("fay", "gus")
    touch("hal", "ida")
    assert story.lead == ada
    assert story.lead is not ada
    assert story.lead.activity == {"page_viewed": 2}
    assert {key: pack(story.relay.lead(key)) for key in story.relay.rows} == story.relay.rows
    assert story.relay.rows.items() <= rows.items()


def test_a_lane_is_restored_from_its_rows() -> None:
    story = given(*HOT)
    first = story.relay.harvest()
    story.when(attempt(MONDAY + HOUR))
    back = restored(first, story.relay.harvest())
    assert back.lead == story.lead
    assert back.relay.shown == story.relay.counts.totals
    answer = accepted(MONDAY + 2 * HOUR)
    assert kinds(back.when(answer)) == kinds(story.when(answer))
    assert pack(back.lead) == pack(story.lead)


def test_a_row_that_was_deleted_is_gone() -> None:
    back = restored(given(page()).relay.harvest())
    back.relay.restore(b"ada", None)
    back.relay.restore(b"bob", None)
    back.relay.restore(b"\x00counts", None)
    assert back.relay.rows == {}
    assert set(back.relay.shown) == {("month", "2026-11", "visitor", "other")}


def test_counters_are_shown_when_they_are_committed() -> None:
    story = given(page())
    assert story.relay.shown == {}
    story.relay.harvest()
    assert story.relay.shown == {}
    story.relay.committed()
    assert story.relay.shown == story.relay.counts.totals != {}


def test_a_lane_knows_how_far_the_events_of_each_topic_are() -> None:
    story = given(page(MONDAY + DAY), page(MONDAY), attempt(MONDAY + 2))
    assert story.relay.reached_at == {ACTIVITY: MONDAY + DAY, topics.FEEDBACK.name: MONDAY + 2}


def test_a_lane_reads_and_writes_what_the_catalogue_says() -> None:
    story = given(demo(MONDAY), move(to="lead"), attempt(DUE), returned(), demo(MONDAY))
    story.remind(DUE + DAY)
    story.relay.outputs += given(demo(MONDAY)).ring(DUE + DAY)
    written = {output.topic for output in story.relay.outputs}
    assert written == {topic.name for topic in topics.TOPICS if "worker" in topic.writers}
    assert {*topics.LETTERS} <= {topic.name for topic in topics.TOPICS if "worker" in topic.readers}


def test_a_row_is_small() -> None:
    story = given(*[page() for _ in range(10)])
    assert len(pack(story.lead)) < 650
    assert unpack(ADA, pack(story.lead)) == story.lead
