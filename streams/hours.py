"""Working time in a time zone: when so many working hours from now are over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from holidays import HolidayBase

from schemas.envelope import EPOCH, MILLISECOND

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_OF_DAY = 1440


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From `start` to `end` (minutes of the local day, up to 1440) on some weekdays (0 is Monday), not on holidays.

    Instants are right over changes of daylight saving time: a day's span is from wall clock to wall clock.
    """

    zone: ZoneInfo
    weekdays: frozenset[int]
    start: int
    end: int
    holidays: HolidayBase

    def after(self, at: int, work_ms: int) -> int:
        """The instant at which `work_ms` of working time have passed since `at` (both ms since the epoch)."""
        for start, end in self._spans(at):
            left = end - max(start, at)
            if work_ms <= left:
                return max(start, at) + work_ms
            work_ms -= max(left, 0)
        raise OverflowError(work_ms)  # pragma: no cover  the spans end with the calendar, after year 9999

    def _spans(self, at: int) -> Iterator[tuple[int, int]]:
        """The working spans from the local day of `at` on."""
        day = (EPOCH + at * MILLISECOND).astimezone(self.zone).date()
        while True:
            if day.weekday() in self.weekdays and day not in self.holidays:
                yield self._instant(day, self.start), self._instant(day, self.end)
            day += timedelta(days=1)

    def _instant(self, day: date, minute: int) -> int:
        extra, minute = divmod(minute, MINUTES_OF_DAY)
        local = datetime.combine(day + timedelta(days=extra), time(minute // 60, minute % 60), self.zone)
        return (local.astimezone(UTC) - EPOCH) // MILLISECOND
