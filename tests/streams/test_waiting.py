"""Messages that are dated in the future: they wait, come once, and count then."""

from dataclasses import replace

import pytest

from schemas import fact as f
from schemas.codec import Output
from schemas.topics import ACTIVITY, DEADLETTER, LETTER
from streams.forwarding import is_sent
from streams.record import Line
from streams.refused import original
from streams.relay import Relay
from streams.waiting import AHEAD_MS
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MONDAY,
    Event,
    Story,
    agreed,
    content,
    demo,
    given,
    home,
    kinds,
    page,
    track,
)
from tests.streams.histories import binary
from tests.streams.house import BOB, LANES, House, merged

LATER = MONDAY + 3 * HOUR


def early(event: Event, arrives: int = MONDAY) -> Line:
    """The event as it lies in its topic, where it arrived before it happened."""
    return replace(event.record(0, 7), timestamp=arrives)


def come(story: Story, now: int = LATER) -> list[f.Fact]:
    """The clock strikes, and what was written by it arrives."""
    return story.remind(now)


@pytest.mark.parametrize("form", [lambda line: line, binary], ids=["structured", "binary"])
def test_what_is_dated_in_the_future_counts_only_then(form: object) -> None:
    story = given(page(MONDAY))
    assert story.take(form(early(demo(LATER)))) == [f.Held(LATER)]  # type: ignore[operator]
    assert (story.lead.stage, story.relay.wakes_at()) == ("visitor", LATER)
    assert come(story, LATER - 1) == []
    assert "handed_over" in kinds(come(story))
    assert story.lead.active_at == LATER
    assert story.relay.counts.totals["held", ACTIVITY.name] == 1
    assert story.relay.ring(LATER + DAY) == 0 or story.lead.due_at


def test_a_header_without_a_value_waits_too() -> None:
    story = given(page(MONDAY))
    record = replace(early(page(LATER)), headers=[("traceparent", None)])
    assert kinds(story.take(record)) == ["held"]
    assert kinds(come(story)) == ["acted"]


def test_a_clock_that_is_a_little_ahead_does_not_matter() -> None:
    assert kinds(given().take(early(page(MONDAY + AHEAD_MS)))) == ["arrived", "acted"]
    assert kinds(given().take(early(page(MONDAY + AHEAD_MS + 1)))) == ["held"]


def test_a_message_that_waits_twice_counts_once() -> None:
    story, wish = given(page(MONDAY)), content(LATER)
    story.take(early(wish))
    story.take(replace(early(wish), offset=8))
    assert kinds(come(story)) == ["acted", "stage_moved", "nurture_entered", "passed"]
    assert story.lead.activity["content_downloaded"] == 1


def test_a_letter_that_was_written_twice_counts_once() -> None:
    story = given(page(MONDAY))
    story.take(early(content(LATER)))
    letters = story.ring(LATER)
    assert kinds(story.deliver([*letters, *letters], LATER))[-1] == "passed"
    assert story.lead.activity["content_downloaded"] == 1


def test_what_waits_is_remembered() -> None:
    story = given(page(MONDAY))
    story.take(early(content(LATER)))
    harvest = story.relay.harvest()
    again = Story()
    for key, row in harvest.rows:
        again.relay.restore(key, row)
    assert come(again)
    assert again.lead.activity == {"page_viewed": 1, "content_downloaded": 1}
    [(key, gone)] = [(key, row) for key, row in again.relay.harvest().rows if key.startswith(b"\x00waiting")]
    assert gone is None
    once_more = Story()
    for each, row in [*harvest.rows, (key, gone)]:
        once_more.relay.restore(each, row)
    assert once_more.relay.ring(LATER + DAY) == 0


def test_the_clock_of_a_stream_is_not_led_by_what_waits() -> None:
    story = given(page(MONDAY))
    story.take(early(content(LATER)))
    assert story.relay.reached_at[ACTIVITY.name] == MONDAY


def test_a_message_of_another_lane_waits_where_its_lead_lives() -> None:
    house, lane = House(), home(ADA, LANES)
    house.take(replace(early(page(LATER)), partition=(lane + 1) % LANES))
    letter = house.letters.pop()
    house.take(Line(letter.topic, lane, 0, MONDAY, letter.key, letter.value, letter.headers))
    assert [type(fact) for fact in house.facts()] == [f.Forwarded, f.Held]
    written = ring(house.replay.relays[lane])
    assert [is_sent(Line(x.topic, 0, 0, 0, x.key, x.value, x.headers)) for x in written] == [False]
    house.letters += written
    assert house.settle().lead(ADA).activity == {"page_viewed": 1}


def test_what_waits_for_an_id_that_was_joined_counts_for_the_other_lead() -> None:
    house, lane = House(), home(BOB, LANES)
    house.send(page(MONDAY, BOB)).take(replace(early(content(LATER, BOB)), partition=lane))
    house.send(merged(BOB, ADA, MONDAY + HOUR)).settle()
    house.letters += ring(house.replay.relays[lane])
    assert house.settle().lead(ADA).activity == {"page_viewed": 1, "content_downloaded": 1}


def ring(relay: Relay) -> list[Output]:
    """What the clock makes the lane write."""
    relay.ring(LATER)
    written, relay.outputs = relay.outputs, []
    return [output for output in written if output.topic == LETTER.name]


def test_what_has_waited_and_was_refused_can_be_sent_again() -> None:
    story = given(page(MONDAY))
    story.take(early(track(LATER, track="unheard_of")))
    assert kinds(come(story)) == ["passed"]
    [letter] = [output for output in story.relay.outputs if output.topic == DEADLETTER.name]
    story.relay.terms = agreed(nurture__tracks=["unheard_of", "awareness", "consideration", "reconnect"])
    again = Line(LETTER.name, 0, 99, LATER + HOUR, letter.key, letter.value, original(letter.headers))
    assert kinds(story.take(again)) == ["nurture_entered"]
