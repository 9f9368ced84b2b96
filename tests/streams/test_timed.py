"""Rules whose points depend on time: what each construct gives, whatever the order in which it was told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given as always
from hypothesis import strategies as st

from streams.rating import as_of, interest_at
from streams.row import pack, unpack
from streams.timed import HITS_MAX, alone, total
from tests.streams.given import DAY, HOUR, MONDAY, Event, Story, agreed, event, given
from tests.streams.histories import law

# MONDAY is a Monday, 10:00 in Berlin; days are counted from there
TUESDAY, THURSDAY = datetime(2026, 11, 3, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)


def opened(day: float, email: str = "letter") -> Event:
    return event("email_opened", at=MONDAY + round(day * DAY), email=email)


def rule(**more: Any) -> dict[str, Any]:
    return {"name": "mail", "on": "email_opened", "points": 10, **more}


def told(*rules: dict[str, Any], **changes: Any) -> Story:
    """A lead that has been known for long, with an agreement of these rules."""
    terms = agreed(interest__rules=list(rules), interest__ceiling=1000, **changes)
    return given(event("event_registered", at=MONDAY - 100 * DAY, event="w", kind="webinar"), terms=terms)


def interest(rules: Sequence[dict[str, Any]], events: Sequence[Event], until: float) -> int:
    """Interest as of a day, which a page view without points tells."""
    last = event("page_viewed", at=MONDAY + round(until * DAY), url="/")
    return told(*rules).and_then(*events, last).lead.interest


@pytest.mark.parametrize(
    ("asks", "days", "until", "points"),
    [
        ({"once": True}, [0, 1, 2], 2, 10),
        ({"at_most": 2, "per": "hour"}, [0, 0.01, 0.02, 0.05], 1, 30),
        ({"at_most": 1, "per": "day"}, [0, 0.6, 1, 1.6], 2, 30),  # after midnight in Berlin, before it in UTC
        ({"at_most": 1, "per": "week"}, [-1, 0, 1, 6.5, 7], 8, 30),
        ({"at_most": 1, "per": "month"}, [0, 5, 27, 28.6, 29], 30, 20),  # the 29th day is in December
        ({"at_most": 1, "per_days": 7}, [0, 1, 6.9, 7, 8, 14], 20, 30),
        ({"at_most": 2, "per_days": 7}, [0, 1, 2, 7, 7.5, 8], 20, 40),
        ({"within_days": 10}, [0, 3], 9.9, 20),
        ({"within_days": 10}, [0, 3], 10, 10),
        ({"within_days": 10}, [0, 3], 13, 0),
        ({"times": {"min": 3}, "within_days": 14}, [0, 5], 6, 0),
        ({"times": {"min": 3}, "within_days": 14}, [0, 5, 13, 13.5], 13.9, 10),
        ({"times": {"min": 3}, "within_days": 14}, [0, 5, 13], 14, 0),
        ({"times": {"min": 2, "max": 3}, "within_days": 14}, [0, 1, 2], 3, 10),
        ({"times": {"min": 2, "max": 3}, "within_days": 14}, [0, 1, 2, 3], 3, 0),
        ({"times": {"max": 0}, "within_days": 45, "points": -10}, [], 0, -10),
        ({"times": {"max": 0}, "within_days": 45, "points": -10}, [0], 44, 0),
        ({"times": {"max": 0}, "within_days": 45, "points": -10}, [0], 45, -10),
        ({"times": {"max": 1}, "within_days": 45}, [0], 1, 10),
        ({"decay": {"percent_a_month": 50}}, [0], 5.9, 10),
        ({"decay": {"percent_a_month": 50}}, [0], 6, 9),
        ({"decay": {"percent_a_month": 50}}, [0], 30, 5),
        ({"decay": {"percent_a_month": 50}}, [0, 30], 59.9, 7),
        ({"decay": {"percent_a_month": 50}}, [0], 60, 0),
        ({"decay": {"percent_a_month": 50}, "points": -10}, [0], 30, -5),
        ({"decay": {"half_life_days": 10}}, [0], 0.7, 10),
        ({"decay": {"half_life_days": 10}}, [0], 10, 5),
        ({"decay": {"half_life_days": 10}}, [0], 20.1, 2),
        ({"decay": {"half_life_days": 10}}, [0], 44, 0),
        ({"decay": {"half_life_days": 10}, "ceiling": 12}, [0, 0, 0], 0, 12),
        ({"once": True, "within_days": 10}, [0, 8], 17, 10),
        ({"at_most": 1, "per": "month", "within_days": 5}, [0, 3], 4, 10),
        ({"at_most": 1, "per": "month", "within_days": 5}, [0, 9], 9, 0),  # it does not take the place of the first
        ({"at_most": 1, "per_days": 20, "decay": {"percent_a_month": 100}}, [0, 9], 21, 3),
        ({"from": TUESDAY, "to": THURSDAY}, [0, 1, 2, 3], 4, 20),
        ({"from": TUESDAY, "within_days": 50}, [0, 1, 2], 4, 20),
        ({"to": TUESDAY}, [0, 1, 2], 4, 10),
        ({"on": ["email_opened", "email_clicked"], "once": True}, [0, 1], 2, 10),
        ({"on": "any", "at_most": 1, "per": "month"}, [0, 1], 2, 20),  # with the registration, and the page of the end
    ],
)
def test_what_a_rule_asks_for(asks: dict[str, Any], days: list[float], until: float, points: int) -> None:
    events = [opened(day) for day in days]
    assert interest([rule(**asks)], events, until) == points
    assert interest([rule(**asks)], events[::-1], until) == points
    assert interest([rule(**asks)], [*events[1:], *events[:1]], until) == points


@pytest.mark.parametrize(("values", "points"), [(["a", "a"], 10), (["a", "b"], 20), (["a", "b", "a", "c"], 30)])
def test_once_per_value(values: list[str], points: int) -> None:
    events = [opened(day, value) for day, value in enumerate(values)]
    assert interest([rule(once_per="email")], events, 9) == points


def test_a_value_that_comes_again_counts_as_of_the_last_time() -> None:
    events = [opened(0, "a"), opened(5, "a"), opened(1, "b")]
    asks = rule(once_per="email", within_days=10)
    assert [interest([asks], events, day) for day in (9, 11, 14, 15)] == [20, 10, 10, 0]
    assert [interest([asks], events[::-1], day) for day in (9, 11, 14, 15)] == [20, 10, 10, 0]


def test_a_campaign_that_is_not_told_is_a_value_too() -> None:
    assert interest([rule(once_per="campaign")], [opened(0), opened(1)], 2) == 10


def test_what_a_lead_did_before_it_was_seen_is_not_held_against_it() -> None:
    terms = agreed(interest__rules=[rule(times={"max": 0}, within_days=45, points=-10)])
    story = given(event("page_viewed", at=MONDAY, url="/"), terms=terms)
    for day, points in ((44, 0), (45, -10)):
        assert story.and_then(event("page_viewed", at=MONDAY + day * DAY, url="/")).lead.interest == points


def test_what_happens_later_does_not_count_yet() -> None:
    story = told(rule(within_days=10), rule(name="page", on="page_viewed", points=1))
    story.and_then(opened(3), opened(1))
    assert story.lead.interest == 20
    assert story.lead.active_at == MONDAY + 3 * DAY


def test_more_hits_than_are_remembered_give_for_good_what_they_gave() -> None:
    story = told(rule(at_most=2, per="day", points=1))
    for day in range(HITS_MAX):
        story.and_then(*[opened(day + nth / 24) for nth in range(3)])
    assert story.lead.interest == 2 * HITS_MAX
    assert len(story.lead.hits["mail"]) == HITS_MAX
    assert sum(points for _, points, *_ in story.lead.interests) == HITS_MAX


def test_hits_that_are_over_are_forgotten() -> None:
    story = told(rule(within_days=10))
    story.and_then(*[opened(day) for day in range(30)])
    assert len(story.lead.hits["mail"]) == 10


def test_more_than_so_many_values_are_not_told_apart() -> None:
    story = told(rule(once_per="email", points=1))
    story.and_then(*[opened(nth / 24, f"letter-{nth}") for nth in range(2 * HITS_MAX)])
    assert story.lead.interest == 2 * HITS_MAX
    assert len(story.lead.hits["mail"]) == HITS_MAX


def test_hours_are_the_same_everywhere() -> None:
    events = [event("email_opened", at=MONDAY + nth * HOUR // 2, email="e") for nth in range(4)]
    assert interest([rule(at_most=1, per="hour")], events, 1) == 20


CONSTRUCTS = st.fixed_dictionaries(
    {},
    optional={
        "limit": st.sampled_from(
            [{"once": True}, {"once_per": "email"}, {"at_most": 2, "per": "day"}, {"at_most": 2, "per_days": 3}]
        ),
        "window": st.sampled_from([{"within_days": 5}, {"within_days": 20}]),
        "decay": st.sampled_from([{"decay": {"percent_a_month": 40}}, {"decay": {"half_life_days": 4}}]),
        "ceiling": st.sampled_from([{"ceiling": 15}, {"ceiling": 40}]),
    },
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Any rule about e-mail."""
    asked = [dict(each) for each in draw(CONSTRUCTS).values()]
    times = draw(st.sampled_from([{}, {}, {"times": {"min": 2}}, {"times": {"max": 1}, "within_days": 9}]))
    points = draw(st.sampled_from([10, 7, -10]))
    found = {key: value for each in [*asked, times] for key, value in each.items()}
    group = draw(st.sampled_from(["", "small"]))
    return rule(name=f"rule {draw(st.integers(0, 10**9))}", points=points, group=group, **found)


HAPPENING = st.lists(
    st.builds(opened, st.integers(0, 30 * 24).map(lambda hour: hour / 24), st.sampled_from("abc")), max_size=25
)


@law
@always(st.lists(rules(), min_size=1, max_size=4, unique_by=lambda each: each["name"]), HAPPENING, st.randoms())
def test_the_order_of_arrival_does_not_count(asked: list[dict[str, Any]], events: list[Event], random: Random) -> None:
    def at_the_end(told_so: Sequence[Event]) -> Story:
        last = event("page_viewed", at=MONDAY + 40 * DAY, url="/")
        return told(*asked, interest__groups={"small": 25}).and_then(*told_so, last)

    mixed = list(events)
    random.shuffle(mixed)
    assert at_the_end(mixed).lead.interest == at_the_end(sorted(events, key=lambda each: each.at or 0)).lead.interest


@law
@always(st.lists(rules(), min_size=1, max_size=4, unique_by=lambda each: each["name"]), HAPPENING)
def test_what_was_kept_of_a_draft_is_what_its_row_gives(asked: list[dict[str, Any]], events: list[Event]) -> None:
    story = told(*asked, interest__groups={"small": 25})
    for each in events:
        lead = story.and_then(each).lead
        found = unpack(lead.id, pack(lead))
        assert interest_at(found, story.relay.terms, as_of(found)) == lead.interest


@law
@always(rules(), st.integers(-20, 20))
def test_an_only_hit_gives_what_it_gives_among_all(asked: dict[str, Any], settled: int) -> None:
    term = agreed(interest__rules=[asked]).interest.by_name.get(asked["name"])
    assume(term is not None and term.highest is None)
    hit, points, end = (asked["points"], MONDAY, "", "", ""), 0, float(MONDAY)
    for now in range(MONDAY, MONDAY + 50 * DAY, 3 * HOUR):
        before, known = points, now < end
        points, end = alone(term, hit, settled, now)
        assert points == total(term, [hit], settled, MONDAY, now)
        assert now < end
        assert not known or points == before


def test_silence_needs_no_hits() -> None:
    quiet = rule(on="any", times={"max": 0}, within_days=10, points=-5)
    story = told(quiet).and_then(opened(0))
    assert (story.lead.interest, story.lead.hits) == (0, {})
    assert interest_at(story.lead, story.relay.terms, MONDAY + 10 * DAY) == -5


def test_hits_that_were_noted_without_a_value_count_as_one_when_values_are_asked_for() -> None:
    story = told(rule(within_days=10)).and_then(opened(0), opened(1))
    assert story.lead.interest == 20
    story.relay.terms = agreed(interest__rules=[rule(within_days=10, once_per="email")])
    assert story.and_then(opened(2)).lead.interest == 20
