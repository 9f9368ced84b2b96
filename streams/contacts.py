"""Reads the contacts of a real telephone campaign, each with the instants of its attempts.

The data are UCI's "Bank Marketing" (Moro, Rita, Cortez), one contact a row. A row tells the date of the last attempt,
without its year, and how many there were.

- The rows are in order of time from May 2008 on, so a month before the previous row's begins a year. That gives two new
  years, not one date out of order, and of the 45,211 dates only 50 on a weekend.
- Attempts before the last are put on the working days before it: at most `ATTEMPT_DAYS` of them, and so many attempts a
  day as that takes. The time of day is scattered by row over the hours in which calls are made.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple, TypeVar

from schemas.envelope import EPOCH
from streams.timeline import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, weekday

FIRST_YEAR = 2008
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ATTEMPT_DAYS = 10
"""Working days that the attempts at one person take at most."""
CALLS_FROM_MS, CALLS_TO_MS = 8 * HOUR_MS + 15 * MINUTE_MS, 16 * HOUR_MS
"""Calls begin between these times of the day (UTC): 9:15 to 17:00 in Lisbon's summer, when most of them were made."""
DRAWN_BEFORE_MS = 28 * DAY_MS
"""The campaign's list is drawn so long before the first attempt."""
ACCEPTED_BEFORE_MS = 15 * MINUTE_MS
"""A caller takes a person on at most so long before the first attempt."""
FRIDAY, WORKING_DAYS = 4, 5

Row = TypeVar("Row")


class Contact(NamedTuple):
    """One row. `attempts_at` are the instants of all attempts, `over_at` is the end of the last call."""

    id: str
    job: str
    education: str
    line: str
    bought: bool
    accepted_at: int
    attempts_at: tuple[int, ...]
    over_at: int

    @property
    def drawn_at(self) -> int:
        """When this person came onto the campaign's list."""
        return self.accepted_at - DRAWN_BEFORE_MS


def contacts(lines: Iterable[str], most: int | None = None) -> list[Contact]:
    """The contacts of the CSV file's lines, the header first, by `drawn_at`.

    `most` takes only so many, spread evenly over all rows.
    """
    rows = _spread(list(enumerate(_dated(lines), 1)), most)
    return sorted((_contact(number, row, day) for number, (row, day) in rows), key=lambda contact: contact.drawn_at)


def attempts_to_yes(lines: Iterable[str], most: int | None = None) -> dict[int, int]:
    """People who bought by the number of attempts at them, straight from the columns `y` and `campaign`.

    `most` chooses the same rows as it does in `contacts`.
    """
    rows = _spread(list(csv.DictReader(lines)), most)
    return dict(sorted(Counter(int(row["campaign"]) for row in rows if row["y"] == "yes").items()))


def _spread(rows: list[Row], most: int | None) -> list[Row]:
    if most is None or most >= len(rows):
        return rows
    return [rows[nth * len(rows) // most] for nth in range(most)]


def _dated(lines: Iterable[str]) -> Iterator[tuple[dict[str, str], int]]:
    """Each row with the day (since the epoch) of its last attempt."""
    year, last_month = FIRST_YEAR, 0
    for row in csv.DictReader(lines):
        month = MONTHS.index(row["month"]) + 1
        year += month < last_month
        last_month = month
        yield row, date(year, month, int(row["day"])).toordinal() - EPOCH.toordinal()


def _contact(number: int, row: dict[str, str], day: int) -> Contact:
    attempts_at = tuple(_attempts(number, int(row["campaign"]), day))
    return Contact(
        id=f"bank-{number:05}",
        job=row["job"],
        education=row["education"],
        line=row["contact"],
        bought=row["y"] == "yes",
        accepted_at=attempts_at[0] - MINUTE_MS - _scattered(number, ACCEPTED_BEFORE_MS - MINUTE_MS),
        attempts_at=attempts_at,
        over_at=attempts_at[-1] + (int(row["duration"]) + 1) * SECOND_MS,
    )


def _attempts(number: int, times: int, day: int) -> Iterator[int]:
    """The instants of so many attempts, the last one on that day: each has a slot of the working time for itself."""
    daily = -(-times // ATTEMPT_DAYS)
    slot_ms = (CALLS_TO_MS - CALLS_FROM_MS) // daily
    for left in reversed(range(times)):
        days, slots = divmod(left, daily)
        slot_at = _working_days_before(day, days) * DAY_MS + CALLS_FROM_MS + (daily - 1 - slots) * slot_ms
        yield slot_at + _scattered(number + left, slot_ms)


def _working_days_before(day: int, days: int) -> int:
    """The day so many working days before `day` (both since the epoch), which may be at a weekend."""
    if not days:
        return day
    if weekday(day) > FRIDAY:
        day += 7 - weekday(day)
    weeks, rest = divmod(days, WORKING_DAYS)
    return day - 7 * weeks - rest - (2 if rest > weekday(day) else 0)


def _scattered(number: int, span: int) -> int:
    """A number below `span` (up to 2**32), far from that of the next number: Knuth's multiplicative hash."""
    return (number * 2_654_435_761 % 2**32) * span >> 32
