"""Points: which rule gives how many, and what the ceilings leave."""

from functools import partial

import pytest

from schemas.fact import Acted, Profiled
from streams.row import Lead
from streams.score import ENTRIES_OF_RULE_MAX
from streams.terms import Terms
from tests.streams.given import (
    ADA,
    MONDAY,
    Event,
    agreed,
    content,
    demo,
    event,
    given,
    page,
    pricing,
    profile,
    trial,
)

opened = partial(event, "email_opened", email="letter-1")


def rules(*found: dict[str, object], **changes: object) -> Terms:
    return agreed(interest__rules=list(found), **changes)


def read(points: int, **more: object) -> dict[str, object]:
    return {"name": "read", "on": "page_viewed", "points": points, **more}


def points_of(*events: Event, terms: Terms) -> list[int]:
    """Interest points given by each message."""
    story = given(terms=terms)
    acted = [fact for each in events for fact in story.when(each) if isinstance(fact, Acted)]
    return [sum(points for _, points in fact.points) for fact in acted]


# ---- interest


def test_an_activity_without_a_rule_gives_nothing_and_is_counted() -> None:
    story = given()
    (_, acted, _) = story.when(event("email_unsubscribed"))[:3]
    assert acted == Acted("email_unsubscribed", (), "")
    assert story.lead.activity == {"email_unsubscribed": 1}
    assert story.lead.interest == 0


def test_every_matching_rule_gives_its_points() -> None:
    (acted,) = given(page()).when(pricing())
    assert acted == Acted("page_viewed", (("page read", 1), ("pricing page", 10)), "https://example.com/pricing")


def test_a_rule_gives_no_more_than_its_ceiling() -> None:
    assert points_of(*[page() for _ in range(4)], terms=rules(read(4, ceiling=10))) == [4, 4, 2, 0]


def test_a_group_gives_no_more_than_its_ceiling() -> None:
    terms = rules(
        read(4, group="both"),
        {"name": "trial", "on": "trial_started", "points": 5, "group": "both"},
        interest__groups={"both": 10},
    )
    assert points_of(page(), trial(), page(), trial(), terms=terms) == [4, 5, 1, 0]


def test_two_rules_of_one_message_share_the_ceiling_of_their_group() -> None:
    terms = rules(read(4, group="g"), {**read(4, group="g"), "name": "again"}, interest__groups={"g": 6})
    story = given(terms=terms)
    assert story.when(page())[1] == Acted("page_viewed", (("read", 4), ("again", 2)), "https://example.com/blog")


def test_interest_gives_no_more_than_its_ceiling() -> None:
    terms = rules(read(4), {"name": "trial", "on": "trial_started", "points": 5}, interest__ceiling=10)
    assert points_of(page(), trial(), page(), trial(), terms=terms) == [4, 5, 1, 0]


def test_a_rule_without_a_ceiling_or_group_is_bounded_by_interest_alone() -> None:
    assert points_of(*[page() for _ in range(3)], terms=rules(read(40), interest__ceiling=100)) == [40, 40, 20]


def test_points_that_were_taken_off_are_not_earned_again_above_the_ceiling() -> None:
    terms = rules(read(8), {"name": "jobs", "on": "trial_started", "points": -5}, interest__ceiling=10)
    assert points_of(page(), trial(), page(), trial(), trial(), trial(), terms=terms) == [8, -5, 2, -5, -5, -5]


def test_what_is_taken_off_leaves_no_room_for_more() -> None:
    terms = rules(read(-5), {**read(8), "name": "gives"}, interest__ceiling=10)
    assert points_of(page(), page(), page(), terms=terms) == [3, -3, -5]


def test_a_rule_takes_off_no_more_than_its_ceiling() -> None:
    terms = rules(read(-4, ceiling=10))
    assert points_of(*[page() for _ in range(4)], terms=terms) == [-4, -4, -2, 0]


def test_no_rule_gives_or_takes_off_more_than_a_contract_can_say() -> None:
    takes = rules(read(-1000))
    assert points_of(*[page() for _ in range(12)], terms=takes) == [-1000] * 10 + [0, 0]


def test_the_points_of_a_rule_that_is_gone_count_for_no_group() -> None:
    story = given(trial(), terms=rules({"name": "old", "on": "trial_started", "points": 5}))
    story.relay.terms = rules(read(4, group="g"), interest__groups={"g": 4})
    assert story.when(page())[0] == Acted("page_viewed", (("read", 4),), "https://example.com/blog")
    assert story.lead.interest == 9


def test_a_ceiling_that_was_lowered_gives_nothing_back() -> None:
    for points in (4, -4):
        story = given(page(), page(), terms=rules(read(points)))
        story.relay.terms = rules(read(points, ceiling=5))
        assert story.when(page()) == [Acted("page_viewed", (("read", 0),), "https://example.com/blog")]


def test_the_ledger_tells_rule_points_time_cause_and_detail() -> None:
    story = given(page(MONDAY), content(asset="checklist"))
    assert story.lead.interests == [
        ("page read", 1, 1, MONDAY, "a0-0", "https://example.com/blog"),
        ("content taken", 8, 1, MONDAY + 60_000, "a0-1", "checklist"),
    ]


def test_nothing_is_entered_for_no_points() -> None:
    story = given(*[page() for _ in range(11)])
    assert sum(times for _, _, times, *_ in story.lead.interests) == 10


def test_old_entries_of_a_rule_are_folded_together() -> None:
    story = given(*[each for number in range(5) for each in (page(MONDAY + number), opened())])
    read_pages = [entry for entry in story.lead.interests if entry[0] == "page read"]
    assert len(read_pages) == ENTRIES_OF_RULE_MAX
    assert read_pages == [
        ("page read", 3, 3, MONDAY + 2, "a0-4", "https://example.com/blog"),
        ("page read", 1, 1, MONDAY + 3, "a0-6", "https://example.com/blog"),
        ("page read", 1, 1, MONDAY + 4, "a0-8", "https://example.com/blog"),
    ]
    assert sum(points for _, points, *_ in story.lead.interests) == story.lead.interest == 10


def test_of_entries_that_are_folded_the_last_one_tells_when() -> None:
    story = given(*[page(MONDAY + at) for at in (5, 1, 2, 3)])
    assert [entry[1:4] for entry in story.lead.interests] == [
        (2, 2, MONDAY + 5),
        (1, 1, MONDAY + 2),
        (1, 1, MONDAY + 3),
    ]


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        (page(url="/" + "x" * 100), "/" + "x" * 79),
        (content(asset="paper"), "paper"),
        (event("event_attended", event="w-1", kind="webinar"), "w-1"),
        (demo(), "demo"),
        (event("identified", known_as="ada@example.com"), "ada@example.com"),
        (event("consent_changed", marketing=True), ""),
    ],
)
def test_the_detail_is_what_tells_most_of_the_activity(message: Event, detail: str) -> None:
    acted = given(page()).when(message)[0]
    assert isinstance(acted, Acted)
    assert acted.detail == detail


# ---- fit


def test_fit_is_told_by_the_profile() -> None:
    (_, profiled, *_) = given(page()).when(profile(seniority="Director", department="IT", role="CTO"))
    assert profiled == Profiled(
        {"role": "CTO", "seniority": "Director", "department": "IT"}, (("decision maker", 25, "Director"),)
    )


def test_fit_is_looked_at_anew_and_never_added_twice() -> None:
    story = given(profile(MONDAY, seniority="vp"), profile(seniority="vp", role="CEO"), profile(seniority="vp"))
    assert story.lead.fit == 25
    assert story.lead.fits == [("decision maker", 25, 1, MONDAY, "a0-0", "vp")]


def test_a_better_profile_replaces_the_points_of_the_old() -> None:
    story = given(profile(seniority="manager"))
    assert story.when(profile(seniority="vp"))[1] == Profiled(
        {"seniority": "vp"}, (("team lead", -15, ""), ("decision maker", 25, "vp"))
    )
    assert [(rule, points) for rule, points, *_ in story.lead.fits] == [("decision maker", 25)]
    assert story.lead.fit == 25


def test_a_profile_that_says_nothing_new_changes_nothing() -> None:
    again = given(profile(seniority="vp")).when(profile(seniority="vp"))
    assert again == [Acted("profile_given", (), ""), Profiled({"seniority": "vp"}, ())], "it is true for longer"
    assert given(profile(seniority="vp")).when(profile()) == [Acted("profile_given", (), "")]


def test_fit_is_cut_by_group_and_side() -> None:
    story = given(profile(seniority="vp", department="sales", company_size=100, industry="software", country="DE"))
    assert {rule: points for rule, points, *_ in story.lead.fits} == {
        "decision maker": 25,
        "company we can serve": 15,
        "core industry": 10,
    }
    assert story.lead.fit == 50


def test_the_entry_of_a_rule_tells_the_value_it_looked_at() -> None:
    story = given(profile(name="Ada", company_size=200, country="pt"))
    assert [detail for *_, detail in story.lead.fits] == ["200", "pt"]


def test_points_taken_off_fit_need_no_room() -> None:
    story = given(profile(seniority="vp", email_domain="gmail.com", role="student"))
    assert story.lead.fit == 25 - 10 - 20


def test_a_ceiling_that_has_room_again_gives_it_to_the_next_rule() -> None:
    story = given(profile(seniority="vp", department="sales"))
    assert story.lead.fit == 25
    story.when(profile(seniority="manager"))
    assert {rule: points for rule, points, *_ in story.lead.fits} == {"team lead": 15, "fitting department": 10}


def test_the_score_is_fit_and_interest() -> None:
    lead = given(profile(seniority="vp"), trial()).lead
    assert (lead.fit, lead.interest, lead.score) == (25, 25, 50)
    assert Lead(ADA).score == 0
