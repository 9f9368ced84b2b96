"""Histories of many leads come out in one order of time."""

from collections.abc import Iterator
from itertools import pairwise

from schemas.activity import PageViewed
from schemas.envelope import Envelope, instant
from streams.timeline import DAY_MS, HOUR_MS, in_order, numbered, type_of, weekday

PAGE = type_of(PageViewed)


def history(lead: str, *instants: int) -> tuple[int, list[Envelope]]:
    return instants[0], numbered(lead, "", "urn:test", [(at, PAGE, {"url": "/"}) for at in instants])


def test_histories_that_overlap_come_out_in_order_of_time() -> None:
    events = list(in_order([history("a", 5, 3 * DAY_MS, 9 * DAY_MS), history("b", HOUR_MS, DAY_MS, 7 * DAY_MS)]))
    assert [event.id for event in events] == ["a-1", "b-1", "b-2", "a-2", "b-3", "a-3"]
    assert all(before.at < after.at for before, after in pairwise(events))


def test_events_of_one_instant_keep_the_order_in_which_they_came() -> None:
    events = in_order([history("a", 7, 7), history("b", 7)])
    assert [event.id for event in events] == ["a-1", "a-2", "b-1"]


def test_a_day_is_given_out_as_soon_as_no_later_history_can_touch_it() -> None:
    begun: list[str] = []

    def histories() -> Iterator[tuple[int, list[Envelope]]]:
        for lead, at in (("a", 1), ("b", 2 * DAY_MS), ("c", 4 * DAY_MS)):
            begun.append(lead)
            yield history(lead, at)

    assert next(in_order(histories())).id == "a-1"
    assert begun == ["a", "b"]


def test_nothing_comes_of_nothing() -> None:
    assert list(in_order([])) == []


def test_numbers_carry_the_mark_of_who_numbers() -> None:
    (event,) = numbered("a", "w", "urn:test", [(5, PAGE, {"url": "/"})])
    assert event == ("a-w1", "urn:test", PAGE, "a", 5, {"url": "/"})


def test_weekdays_begin_with_monday() -> None:
    assert weekday(instant("2026-11-23T00:00:00Z") // DAY_MS) == 0
    assert weekday(instant("2026-11-29T00:00:00Z") // DAY_MS) == 6
