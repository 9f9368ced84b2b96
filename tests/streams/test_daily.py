"""Ceilings of a day: points that add up, and hits where other ceilings cut across."""

from itertools import pairwise

import pytest

from schemas import fact as f
from streams import daily, rating
from streams.handoff import ledger
from streams.row import pack, unpack
from streams.terms import Terms
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    Event,
    Story,
    agreed,
    content,
    event,
    given,
    page,
    pricing,
)
from tests.streams.house import BOB, House, merged

GROUPS = {"small": 9, "large": 60}
PRICES = {"name": "prices", "on": "page_viewed", "where": {"url": "*pricing*"}, "points": 5}


def rules(*found: dict[str, object], **changes: object) -> Terms:
    return agreed(**{"interest__groups": GROUPS, "interest__rules": list(found), **changes})


def read(points: int, **more: object) -> dict[str, object]:
    return {"name": "read", "on": "page_viewed", "points": points, **more}


def adding(**more: object) -> Terms:
    return rules(read(4, **more), interest__daily={"page_viewed": 10})


def on(day: float) -> Event:
    """A page view so many days after MONDAY, which is 10:00 in Berlin."""
    return page(MONDAY + round(day * DAY))


def rises(*events: Event, terms: Terms) -> list[int]:
    """What each message adds to the interest; the ledger says the same, and so does the row."""
    story, found = given(terms=terms), [0]
    for each in events:
        story.when(each)
        found.append(story.lead.interest)
        assert sum(entry.points for entry in ledger(story.lead, terms)) == story.lead.interest
        assert unpack(ADA, pack(story.lead)) == story.lead
    return [after - before for before, after in pairwise(found)]


# ---- points that add up


def test_an_activity_gives_no_more_than_its_daily_ceiling() -> None:
    events = [on(nth / 100) for nth in range(4)]
    assert rises(*events, on(1), terms=adding()) == [4, 4, 2, 0, 4]


def test_a_day_is_that_of_the_agreements_zone() -> None:
    late = 14.5 / 24  # 00:30 in Berlin, 23:30 in UTC
    assert rises(on(0), on(0.1), on(0.2), on(late), terms=adding()) == [4, 4, 2, 4]


def test_the_order_of_days_does_not_count() -> None:
    days = [2, 0, 2.1, 0.1, 1, 2.2, 0.2, 2.3, 0.3]
    assert sum(rises(*map(on, days), terms=adding())) == sum(rises(*map(on, sorted(days)), terms=adding())) == 24


def test_points_that_are_taken_off_know_no_daily_ceiling() -> None:
    terms = rules(read(-4), interest__daily={"page_viewed": 1})
    assert rises(on(0), on(0.1), terms=terms) == [-4, -4]


def test_all_rules_of_an_activity_share_its_day() -> None:
    terms = rules(read(4), {**read(8), "name": "again"}, interest__daily={"page_viewed": 10})
    assert given(terms=terms).when(on(0))[1:3] == [
        f.Acted("page_viewed", (("read", 4), ("again", 6)), "https://example.com/blog"),
        f.DayCounted("page_viewed", 739_922, 10),
    ]


def test_of_each_activity_the_last_days_are_remembered() -> None:
    got = {**read(4), "name": "got", "on": "content_downloaded"}
    terms = rules(read(4), got, interest__daily={"page_viewed": 10, "content_downloaded": 9})
    story = given(content(MONDAY), *[on(day) for day in range(daily.DAYS_MAX + 3)], terms=terms)
    assert [kind for kind, _, _ in story.lead.days] == ["content_downloaded"] + ["page_viewed"] * daily.DAYS_MAX
    assert unpack(ADA, pack(story.lead)).days == story.lead.days


# ---- hits, where other ceilings cut across


def crossed(day: int = 10, **changes: object) -> Terms:
    """Two rules of one activity, of which one has a ceiling of its own."""
    return rules(read(3), {**PRICES, "ceiling": 12}, **{"interest__daily": {"page_viewed": day}, **changes})


def test_a_day_counts_what_happened_first() -> None:
    events = [pricing(MONDAY), pricing(MONDAY + MINUTE), page(MONDAY + 2 * MINUTE), page(MONDAY + DAY)]
    assert rises(*events, terms=crossed()) == [8, 2, 0, 3]


def test_what_is_told_late_leaves_less_to_what_happened_later() -> None:
    terms = crossed(day=8, interest__rules=[read(3, group="large"), {**PRICES, "group": "small"}])
    told = [pricing(MONDAY + DAY), page(MONDAY + 3 * MINUTE), page(MONDAY + 2 * MINUTE), pricing(MONDAY)]
    assert rises(*sorted(told, key=lambda each: each.at or 0), terms=terms) == [8, 0, 0, 7]
    assert rises(*told, terms=terms) == [8, 3, 3, 1]


def test_a_rule_that_has_given_all_it_may_leaves_the_day_to_others() -> None:
    events = [pricing(MONDAY + nth * DAY) for nth in range(4)] + [page(MONDAY + 3 * DAY + nth) for nth in (1, 2, 3)]
    assert rises(*events, terms=crossed()) == [8, 8, 5, 3, 3, 3, 1]


def test_what_happened_at_once_counts_in_the_order_of_the_rules() -> None:
    story = given(pricing(MONDAY), terms=crossed(day=4))
    assert [(entry.rule, entry.points) for entry in ledger(story.lead, crossed(day=4))] == [("read", 3), ("prices", 1)]


@pytest.mark.parametrize("most", [daily.HITS_MAX, 2, 1])
def test_a_rule_keeps_hits_of_all_its_activities(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(daily, "HITS_MAX", most)
    monkeypatch.setattr(rating, "HITS_MAX", most)
    rule = read(3, on=["page_viewed", "content_downloaded", "form_submitted"], ceiling=11)
    terms = crossed(interest__rules=[rule], interest__daily={"page_viewed": 4, "content_downloaded": 5})
    assert terms.interest.crossed == {"page_viewed": 4, "content_downloaded": 5}
    reads, got = [page(MONDAY), page(MONDAY + MINUTE)], [content(MONDAY + nth * HOUR) for nth in (1, 2)]
    forms = [event("form_submitted", MONDAY + nth * HOUR, form="x") for nth in (3, 4)]
    assert rises(*reads, *got, *forms, terms=terms) == [3, 1, 3, 2, 2, 0]


def test_an_activity_is_crossed_that_shares_a_rule_with_one_that_is() -> None:
    both = read(3, on=["page_viewed", "content_downloaded"])
    ceilings = {"page_viewed": 4, "content_downloaded": 5, "form_submitted": 6}
    form = {**read(2), "name": "form", "on": "form_submitted"}
    book = rules(both, {**PRICES, "ceiling": 9}, form, interest__daily=ceilings).interest
    assert (book.daily, list(book.crossed)) == ({"form_submitted": 6}, ["page_viewed", "content_downloaded"])
    assert (list(book.by_name), list(book.plain)) == (["read", "prices"], ["form_submitted"])


def test_of_too_many_hits_the_first_are_settled_and_the_day_remembers_what_they_gave() -> None:
    both = read(1, group="large"), {**PRICES, "points": 1, "group": "small"}
    terms = rules(*both, interest__daily={"page_viewed": 55})
    reads = [pricing(MONDAY)] + [page(MONDAY + nth * MINUTE) for nth in range(1, 60)]
    story = Story(terms)
    facts = [fact for each in reads for fact in story.when(each)]
    settled = [fact for fact in facts if isinstance(fact, f.HitsSettled)]
    assert settled[:2] == [f.HitsSettled("read", (0,), 1), f.HitsSettled("prices", (0,), 1)]
    assert len(settled) == 11
    assert [entry[:3] for entry in story.lead.interests if entry[0] == "prices"] == [("prices", 1, 1)]
    assert (len(story.lead.hits["read"]), story.lead.days) == (50, [("page_viewed", 739_922, 11)])
    assert story.lead.interest == sum(entry.points for entry in ledger(story.lead, terms)) == 55
    assert story.and_then(page(MONDAY + DAY)).lead.interest == 56


def test_a_daily_ceiling_is_applied_once_to_two_leads_that_were_cut() -> None:
    terms = rules(read(1, ceiling=900), interest__daily={"page_viewed": 70}, interest__ceiling=1000)
    told = [event("page_viewed", MONDAY + n * MINUTE, lead, url="/") for lead in (ADA, BOB) for n in range(60)]
    lead = House(terms).send(*told).lead(ADA)
    assert (lead.interest, len(lead.hits["read"]), lead.days[0][2]) == (60, 50, 10)
    house = House(terms).send(*told, merged(BOB, ADA)).settle()
    assert house.lead(ADA).interest == 70
    assert sum(entry.points for entry in ledger(house.lead(ADA), terms)) == house.lead(ADA).score
    told = [event("page_viewed", MONDAY + n * MINUTE, lead, url="/") for lead in (ADA, BOB) for n in range(200)]
    house = House(terms).send(*told, merged(BOB, ADA)).settle()
    assert (house.lead(ADA).interest, house.lead(ADA).days[0][2]) == (70, 70)
    assert sum(entry.points for entry in ledger(house.lead(ADA), terms)) == house.lead(ADA).score


@pytest.mark.parametrize("days", [[0, 1, 2], [2, 1, 0], [2, 0, 1]])
def test_all_is_taken_off_that_two_leads_have_beyond_their_days(days: list[int]) -> None:
    told = [page(MONDAY + day * DAY + n, lead) for lead in (ADA, BOB) for day in days for n in range(3)]
    assert House(adding()).send(*told, merged(BOB, ADA, MONDAY + 9 * DAY)).settle().lead(ADA).interest == 30


def test_what_was_settled_beyond_the_ceiling_of_its_group_leaves_room_for_other_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(daily, "HITS_MAX", 1)
    monkeypatch.setattr(rating, "HITS_MAX", 1)
    got = {"name": "got", "on": "content_downloaded", "points": 20}
    both = read(12, group="small"), {**PRICES, "group": "large"}
    terms = rules(*both, got, interest__daily={"page_viewed": 12}, interest__ceiling=30)
    assert rises(*map(on, range(4)), content(MONDAY + 5 * DAY), terms=terms) == [9, 0, 0, 0, 20]
