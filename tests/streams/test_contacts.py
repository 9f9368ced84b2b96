"""The rows of the campaign become contacts with years, attempts and a table of who said yes."""

from itertools import pairwise

import pytest

from agents.data import campaign_lines
from schemas.envelope import rfc3339
from streams.contacts import ATTEMPT_DAYS, CALLS_FROM_MS, CALLS_TO_MS, Contact, attempts_to_yes, contacts
from streams.timeline import DAY_MS, SECOND_MS, weekday

HEADER = "job,education,contact,day,month,campaign,duration,y"


def row(day: int, month: str, campaign: int = 1, duration: int = 60, y: str = "no") -> str:
    return f"services,primary,cellular,{day},{month},{campaign},{duration},{y}"


def days(*rows: str) -> list[list[str]]:
    """The days of each contact's attempts."""
    found = sorted(contacts([HEADER, *rows]))
    return [[rfc3339(at)[:10] for at in contact.attempts_at] for contact in found]


@pytest.fixture(scope="module")
def everybody() -> list[Contact]:
    return contacts(campaign_lines())


def test_a_month_before_that_of_the_row_before_begins_a_year() -> None:
    last = days(row(30, "dec"), row(2, "jan"), row(3, "dec"), row(1, "feb"))
    assert last == [["2008-12-30"], ["2009-01-02"], ["2009-12-03"], ["2010-02-01"]]


def test_earlier_attempts_are_on_the_working_days_before() -> None:
    assert days(row(6, "may", campaign=4)) == [["2008-05-01", "2008-05-02", "2008-05-05", "2008-05-06"]]


def test_a_week_and_more_of_attempts_leaves_out_its_weekends() -> None:
    assert days(row(7, "may", campaign=9))[0][:5] == [f"2008-04-{day}" for day in (25, 28, 29, 30)] + ["2008-05-01"]


def test_a_contact_at_the_weekend_was_tried_on_friday_before() -> None:
    assert days(row(18, "oct", campaign=2), row(19, "oct", campaign=2)) == [
        ["2008-10-17", "2008-10-18"],
        ["2008-10-17", "2008-10-19"],
    ]


def test_many_attempts_share_a_day() -> None:
    (tried,) = days(row(16, "may", campaign=25))
    assert [tried.count(day) for day in dict.fromkeys(tried)] == [1, 3, 3, 3, 3, 3, 3, 3, 3]


def test_the_call_is_over_after_its_duration() -> None:
    (contact,) = contacts([HEADER, row(5, "may", campaign=2, duration=261)])
    assert contact.over_at - contact.attempts_at[-1] == (261 + 1) * SECOND_MS


def test_so_many_contacts_are_spread_over_all_rows_and_keep_their_ids() -> None:
    rows = [HEADER, *(row(day, "may") for day in range(1, 11))]
    assert sorted(contact.id for contact in contacts(rows, 3)) == ["bank-00001", "bank-00004", "bank-00007"]
    assert len(contacts(rows, 10)) == len(contacts(rows, 99)) == len(contacts(rows)) == 10
    assert contacts(rows, 0) == []


def test_the_table_of_attempts_to_yes_counts_those_who_bought() -> None:
    rows = [HEADER, row(1, "may", 3, y="yes"), row(1, "may", 1), row(1, "may", 1, y="yes"), row(1, "may", 3, y="yes")]
    assert attempts_to_yes(rows) == {1: 1, 3: 2}
    assert attempts_to_yes(rows, 2) == {1: 1, 3: 1}


def test_the_real_campaign_is_whole(everybody: list[Contact]) -> None:
    assert len(everybody) == len({contact.id for contact in everybody}) == 45_211
    assert sum(len(contact.attempts_at) for contact in everybody) == 124_956
    assert sum(contact.bought for contact in everybody) == sum(attempts_to_yes(campaign_lines()).values()) == 5_289


def test_the_years_of_the_real_campaign_fit(everybody: list[Contact]) -> None:
    """A wrong year would put a seventh of the dates on each day of the week, and dates out of order."""
    by_row = [contact.attempts_at[-1] // DAY_MS for contact in sorted(everybody)]
    assert all(before <= after for before, after in pairwise(by_row))
    assert (rfc3339(by_row[0] * DAY_MS)[:10], rfc3339(by_row[-1] * DAY_MS)[:10]) == ("2008-05-05", "2010-11-17")
    assert sum(weekday(day) > 4 for day in by_row) == 50


def test_attempts_rise_in_working_hours_after_the_acceptance_and_before_the_end(everybody: list[Contact]) -> None:
    for contact in everybody:
        instants = (contact.drawn_at, contact.accepted_at, *contact.attempts_at, contact.over_at)
        assert all(before < after for before, after in pairwise(instants))
        assert all(CALLS_FROM_MS <= at % DAY_MS < CALLS_TO_MS for at in contact.attempts_at)
        assert len({at // DAY_MS for at in contact.attempts_at}) <= ATTEMPT_DAYS


def test_calls_are_spread_over_the_day(everybody: list[Contact]) -> None:
    span = CALLS_TO_MS - CALLS_FROM_MS
    quarters = [0] * 4
    for contact in everybody:
        quarters[(contact.attempts_at[0] % DAY_MS - CALLS_FROM_MS) * 4 // span] += 1
    assert min(quarters) > 0.2 * len(everybody)
