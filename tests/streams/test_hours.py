"""Working time: weekends, nights, holidays and the days on which the clock is turned."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from holidays import HolidayBase, country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.hours import WorkingHours
from tests.streams.given import HOUR, MINUTE

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
DESK = WorkingHours(BERLIN, WEEK, 9 * 60, 17 * 60, HolidayBase())


def local(text: str) -> int:
    """The instant of a wall clock in Berlin."""
    return round(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        ("2026-11-02T10:00", 3, "2026-11-02T13:00"),
        ("2026-11-02T10:00", 7, "2026-11-02T17:00"),
        ("2026-11-02T10:00", 8, "2026-11-03T10:00"),
        ("2026-11-02T06:00", 1, "2026-11-02T10:00"),
        ("2026-11-02T20:00", 1, "2026-11-03T10:00"),
        ("2026-11-06T16:00", 2, "2026-11-09T10:00"),
        ("2026-11-07T12:00", 8, "2026-11-09T17:00"),
        ("2026-11-02T10:00", 40, "2026-11-09T10:00"),
    ],
)
def test_nights_and_weekends_do_not_count(since: str, hours: int, until: str) -> None:
    assert DESK.after(local(since), hours * HOUR) == local(until)


def test_a_public_holiday_does_not_count() -> None:
    hours = WorkingHours(BERLIN, WEEK, 9 * 60, 17 * 60, country_holidays("DE"))
    assert hours.after(local("2026-12-24T16:00"), 2 * HOUR) == local("2026-12-28T10:00")
    assert DESK.after(local("2026-12-24T16:00"), 2 * HOUR) == local("2026-12-25T10:00")


@pytest.mark.parametrize(
    ("day", "real_hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-02", 24)], ids=["spring", "autumn", "any"]
)
def test_a_whole_day_is_as_long_as_its_clock_makes_it(day: str, real_hours: int) -> None:
    around_the_clock = WorkingHours(BERLIN, EVERY_DAY, 0, 1440, HolidayBase())
    midnight = local(f"{day}T00:00")
    assert around_the_clock.after(midnight, real_hours * HOUR) == midnight + real_hours * HOUR
    assert around_the_clock.after(midnight, real_hours * HOUR + MINUTE) == midnight + real_hours * HOUR + MINUTE


def test_the_working_day_keeps_its_wall_clock_when_the_clock_is_turned() -> None:
    assert DESK.after(local("2026-10-23T16:00"), 2 * HOUR) == local("2026-10-26T10:00")


DAYS = st.frozensets(st.integers(0, 6), min_size=1)
INSTANTS = st.integers(local("2000-01-01T00:00"), local("2099-12-31T00:00"))


@given(INSTANTS, DAYS, st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 100 * HOUR))
@settings(max_examples=100, deadline=None)
def test_a_deadline_lies_in_working_time_and_moves_with_the_work(
    since: int, days: frozenset[int], start: int, length: int, work_ms: int
) -> None:
    hours = WorkingHours(BERLIN, days, start, min(start + length, 1440), HolidayBase())
    until = hours.after(since, work_ms)
    assert until >= since + work_ms
    assert hours.after(since, work_ms + 1) > until
    assert hours.after(since + 1, work_ms) >= until
