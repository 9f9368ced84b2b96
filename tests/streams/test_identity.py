"""Who a lead is: visitors who tell their names, leads that are merged, and what becomes of their histories."""

from dataclasses import replace

import orjson
import pytest

from schemas import fact as f
from schemas import topics
from streams.forwarding import HOPS_MAX, is_sent
from streams.handoff import ledger
from streams.record import Line
from streams.row import Lead
from streams.timed import HITS_MAX
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MONDAY,
    Event,
    accepted,
    agreed,
    attempt,
    boss,
    content,
    demo,
    event,
    given,
    home,
    kinds,
    page,
    pricing,
    profile,
    said,
    trial,
    unsubscribed,
)
from tests.streams.house import BOB, CY, DEE, LANES, House, at, identified, merged

# ---- a visitor tells who it is


def test_a_visitor_becomes_the_lead_whose_name_it_tells() -> None:
    house = House().send(at(0, content, BOB), at(1, page, BOB, source="search"), identified(BOB, ADA)).settle()
    lead = house.lead(ADA)
    assert (lead.stage, lead.activity, lead.arrived_at) == (
        "contact",
        {"content_downloaded": 1, "page_viewed": 1, "identified": 1},
        MONDAY,
    )
    assert lead.known
    assert house.lead(BOB) == Lead(BOB, known_as=ADA, agreement=1)


def test_the_lead_has_both_histories() -> None:
    events = [at(0, content, BOB, source="search"), at(5, boss, ADA), at(6, trial, ADA), identified(BOB, ADA)]
    lead = House().send(*events).settle().lead(ADA)
    assert (lead.arrived_at, lead.source, lead.active_at) == (MONDAY, "search", MONDAY + DAY)
    assert lead.activity == {"content_downloaded": 1, "profile_given": 1, "trial_started": 1, "identified": 1}
    assert lead.score == sum(points for _, points, *_ in [*lead.fits, *lead.interests])
    assert {rule for rule, *_ in lead.interests} == {"content taken", "trial"}


def test_ceilings_are_applied_once() -> None:
    reads = [at(n, page, lead) for lead in (ADA, BOB) for n in range(30)]
    alone = House().send(*[at(n, page, ADA) for n in range(60)]).lead(ADA)
    both = House().send(*reads, identified(BOB, ADA)).settle().lead(ADA)
    assert both.interest == alone.interest
    assert sum(points for _, points, *_ in both.interests) == both.interest


def test_both_together_may_be_handed_over() -> None:
    house = (
        House().send(at(0, boss, ADA), at(1, content, BOB), at(2, event_attended, BOB), identified(BOB, ADA)).settle()
    )
    assert house.lead(ADA).stage == "mql"
    [(_, packet)] = [each for each in said(house.said) if each[0] == "handoff.requested"]
    assert packet["lead"] == ADA
    assert sum(entry["points"] for entry in packet["entries"]) == packet["score"]


def event_attended(when: int, lead: str) -> Event:
    return event("event_attended", when, lead, event="webinar-1", kind="webinar")


def test_what_is_told_of_the_old_id_counts_for_the_lead_for_ever() -> None:
    house = House().send(at(0, page, BOB), identified(BOB, ADA), at(9, pricing, BOB), at(10, trial, BOB)).settle()
    assert house.lead(ADA).activity["trial_started"] == 1
    assert [fact.known_as for fact in house.facts() if isinstance(fact, f.Forwarded)] == [ADA, ADA]
    assert house.replay.counts()["redirected", topics.ACTIVITY.name] == 2


def test_a_message_that_comes_again_under_the_old_id_is_known() -> None:
    read, name = at(0, page, BOB), identified(BOB, ADA)
    house = House().send(read, name).settle().send(read, name).settle()
    assert house.lead(ADA).activity == {"page_viewed": 1, "identified": 1}
    assert dict(house.ends())[topics.LETTER.name, "repeated"] == 2


def test_a_structured_message_of_the_old_id_keeps_its_other_headers() -> None:
    house = House().send(identified(BOB, ADA)).settle()
    house.take(replace(at(3, page, BOB).record(home(BOB, LANES), 0), headers=[("traceparent", b"00-1")]))
    assert ("traceparent", b"00-1") in house.letters[0].headers
    assert ("ce_formersubject", BOB.encode()) in house.letters[0].headers


def test_a_former_id_that_is_no_text_stops_nobody() -> None:
    house = House().send(identified(BOB, ADA)).settle()
    wrong = at(3, page, BOB).record(home(BOB, LANES), 0)
    wrong.headers = [("ce_formersubject", b"\xff")]
    house.take(wrong)
    assert house.settle().lead(ADA).activity["page_viewed"] == 1


def test_who_names_itself_is_known_from_then_on() -> None:
    house = House().send(identified(ADA, ADA)).settle()
    assert (house.lead(ADA).known, house.lead(ADA).stage) == (True, "contact")


def test_a_known_lead_does_not_turn_out_to_be_another_one() -> None:
    house = House().send(identified(BOB, ADA)).settle().send(identified(ADA, CY)).settle()
    assert house.lead(ADA).known_as == ""
    assert [fact.reason for fact in house.facts() if isinstance(fact, f.Passed)] == ["known_lead"]


# ---- leads that are merged


def test_known_leads_are_merged_by_a_message_that_says_so() -> None:
    house = House().send(identified(BOB, ADA), identified(DEE, CY)).settle().send(merged(ADA, CY)).settle()
    assert house.lead(CY).activity == {"identified": 2}
    assert house.lead(ADA).known_as == CY
    house.send(at(3, page, BOB)).settle()  # bob is ada, and ada is cy
    assert house.lead(CY).activity["page_viewed"] == 1


def test_a_lead_is_not_merged_into_itself() -> None:
    house = House().send(at(0, page, ADA), merged(ADA, ADA)).settle()
    assert [fact.reason for fact in house.facts() if isinstance(fact, f.Passed)] == ["is this lead already"]


def test_clocks_and_attempts_survive() -> None:
    house = House().send(at(0, demo, BOB), at(1, attempt, CY), at(2, attempt, BOB), merged(BOB, ADA)).settle()
    lead = house.lead(ADA)
    assert (lead.stage, lead.with_sales, lead.handoffs, lead.attempts) == ("mql", True, 1, 1)
    assert (lead.mql_at, lead.pursued_at) == (MONDAY, MONDAY)
    house = House().send(at(0, demo, BOB), merged(BOB, ADA)).settle()
    assert house.lead(ADA).due_at == House().send(at(0, demo, BOB)).lead(BOB).due_at is not None
    assert house.replay.relays[home(BOB, LANES)].ring(MONDAY + 30 * DAY) == 0


def test_of_two_deadlines_the_earlier_one_runs_on() -> None:
    house = House().send(at(0, demo, ADA), at(120, demo, BOB), merged(BOB, ADA)).settle()
    first = House().send(at(0, demo, ADA)).lead(ADA).due_at
    assert house.lead(ADA).due_at == first
    ended = [fact for fact in house.facts() if isinstance(fact, f.DeadlineEnded)]
    assert [each.outcome for each in ended] == ["withdrawn"]
    assert house.replay.counts()["deadlines", "withdrawn"] == 1


def test_a_deadline_ends_when_sales_have_the_other_one_already() -> None:
    house = House().send(at(0, accepted, ADA), at(120, demo, BOB), merged(BOB, ADA)).settle()
    assert (house.lead(ADA).stage, house.lead(ADA).due_at) == ("accepted", None)


def test_sales_are_told_that_their_lead_has_another_id() -> None:
    house = House().send(at(0, demo, BOB), merged(BOB, ADA)).settle()
    notices = [data["text"] for kind, data in said(house.said) if kind == "notice.given"]
    assert notices == ["bob, who is with you, is known as ada now."]


def test_the_track_goes_on_under_the_new_id() -> None:
    house = House().send(at(0, content, BOB), merged(BOB, ADA)).settle()
    moves = [(kind, data["lead"], data["why"]) for kind, data in said(house.said) if kind.startswith("nurture")]
    assert moves == [
        ("nurture.entered", BOB, "stage"),
        ("nurture.left", BOB, "joined"),
        ("nurture.entered", ADA, "joined"),
    ]


def test_nobody_is_nurtured_who_unsubscribed_under_the_other_id() -> None:
    house = House().send(at(0, content, ADA), at(1, unsubscribed, BOB), merged(BOB, ADA)).settle()
    assert (house.lead(ADA).reachable, house.lead(ADA).track) == (False, "")


def test_leads_are_counted_once() -> None:
    house = House().send(at(0, content, BOB), at(1, page, ADA), merged(BOB, ADA)).settle()
    found = {key[1]: number for key, number in house.replay.counts().items() if key[0] == "leads" and number}
    assert found == {"contact": 1}
    assert house.replay.counts()["joined", "merged"] == 1


def test_the_last_word_on_the_profile_counts() -> None:
    told = [at(3, profile, BOB, role="CEO", country="PT"), at(5, profile, ADA, role="CTO"), merged(BOB, ADA)]
    assert House().send(*told).settle().lead(ADA).profile == {"role": "CTO", "country": "PT"}


READ = {"name": "read", "on": "page_viewed", "points": 4}
OWN = {"name": "own staff", "field": "email_domain", "one_of": ["leadrelay.example"]}


@pytest.mark.parametrize("more", [[], [{**READ, "name": "again", "on": "content_downloaded"}]])
def test_a_daily_ceiling_is_applied_once(more: list[dict[str, object]]) -> None:
    terms = agreed(interest__rules=[READ, *more], interest__daily={"page_viewed": 10}, interest__groups={})
    reads = [at(n, page, lead) for lead in (ADA, BOB) for n in (0, 1, 2, 3, 24 * 60)] + [at(9, content, ADA)]
    house = House(terms).send(*reads, merged(BOB, ADA)).settle()
    assert house.lead(ADA).interest == 10 + 8 + 4 * len(more)
    assert house.lead(ADA).days[0][2] == 10
    assert sum(points for _, points, *_ in house.lead(ADA).interests) == house.lead(ADA).interest
    house.send(event("page_viewed", MONDAY + HOUR, BOB, url="/")).settle()
    assert house.lead(ADA).interest == 10 + 8 + 4 * len(more), "the day has given what it may"


def test_who_is_excluded_under_one_id_is_so_under_the_other() -> None:
    events = [at(0, profile, BOB, email_domain="leadrelay.example"), at(1, content, ADA), merged(BOB, ADA)]
    assert House(agreed(exclusions=[OWN])).send(*events).settle().lead(ADA).excluded == "own staff"


def test_of_two_that_happened_at_once_the_same_one_counts_in_whatever_order_they_join() -> None:
    rule = {"name": "read", "on": "page_viewed", "points": 5, "once": True}
    joins, hits = (merged(BOB, ADA), merged(CY, ADA)), []
    for order in (joins, joins[::-1]):
        house = House(agreed(interest__rules=[rule])).send(at(0, page, BOB), at(0, page, CY)).send(order[0]).settle()
        hits.append(house.send(order[1]).settle().lead(ADA).hits)
    assert hits[0] == hits[1]


def test_of_too_many_hits_the_oldest_are_settled_at_once() -> None:
    rule = {"name": "read", "on": "page_viewed", "points": 1, "ceiling": 900, "at_most": 9, "per": "hour"}
    terms = agreed(interest__rules=[rule], interest__groups={}, interest__ceiling=1000)
    reads = [event("page_viewed", MONDAY + n * HOUR, lead, url="/") for lead in (ADA, BOB) for n in range(HITS_MAX)]
    house = House(terms).send(*reads, merged(BOB, ADA, MONDAY + HITS_MAX * HOUR)).settle()
    assert len(house.lead(ADA).hits["read"]) == HITS_MAX
    assert house.lead(ADA).interest == 2 * HITS_MAX
    assert sum(entry.points for entry in ledger(house.lead(ADA), terms)) == house.lead(ADA).score


def test_letters_that_a_message_caused_are_told_from_those_of_a_clock() -> None:
    house = House().send(at(0, demo, ADA), merged(BOB, ADA), at(2, page, BOB))
    lane = house.replay.relays[home(ADA, LANES)]
    lane.ring(MONDAY + 9 * DAY)
    letters = [*house.letters, *lane.outputs]
    assert [is_sent(Line(x.topic, 0, 0, 0, x.key, x.value, x.headers)) for x in letters] == [True, True, False]


def test_nobody_is_a_visitor_again() -> None:
    house = House().send(at(0, page, ADA), at(1, content, ADA), at(2, page, BOB), at(3, content, BOB))
    lead = house.send(at(4, demo, ADA), merged(BOB, ADA)).settle().lead(ADA)
    assert [stage for stage, _ in lead.history] == ["visitor", "contact", "mql"]


# ---- circles and letters that can't be read


@pytest.mark.parametrize("order", [0, -1])
def test_two_who_are_each_other_are_one_lead(order: int) -> None:
    house = House().send(at(0, page, ADA), at(1, content, BOB), merged(ADA, BOB), merged(BOB, ADA))
    while house.letters:
        house.deliver(order)
    assert house.lead(ADA).known_as == ""
    assert house.lead(BOB).known_as == ADA
    assert house.lead(ADA).activity == {"page_viewed": 1, "content_downloaded": 1}


def test_a_message_that_would_go_round_for_ever_is_refused() -> None:
    house = House().send(merged(ADA, BOB), merged(BOB, ADA))
    house.letters.clear()  # as if their histories had been taken out of the log by hand
    house.send(at(0, page, ADA)).settle()
    passed = [fact.reason for fact in house.facts() if isinstance(fact, f.Passed)]
    assert passed == ["circular_ids"]
    assert sum(isinstance(fact, f.Forwarded) for fact in house.facts()) == HOPS_MAX


@pytest.mark.parametrize("history", ["AAAA", "eJwDAAAAAAE=", "eJw="])
def test_a_history_that_can_not_be_read_is_refused_with_the_reason(history: str) -> None:
    story = given()
    found = story.when(event("history_transferred", former=BOB, why="merged", history=history))
    assert (story.end, kinds(found)) == ("refused", ["passed"])
    assert "the history of bob can't be read" in orjson.dumps(found[0]).decode()
