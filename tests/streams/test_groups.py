"""Buying groups: who belongs to them, what their members count for, and when they are handed over."""

from typing import Any

import pytest

from schemas import fact as f
from schemas.codec import plain
from schemas.groups import MEMBERS_MAX, PREFIX
from streams.groups import packet
from streams.handoff import ledger
from streams.report import sentences
from streams.row import pack
from streams.terms import Terms
from tests.streams.given import (
    ADA,
    DAY,
    HOUR,
    MONDAY,
    Event,
    agreed,
    content,
    demo,
    event,
    given,
    kinds,
    page,
    profile,
    rejected,
    said,
    trial,
)
from tests.streams.house import BOB, CY, DEE, House, at, identified, merged
from tests.streams.test_named import lined

ACME = f"{PREFIX}acme"
READ = {"name": "read", "on": "page_viewed", "points": 5}
ROLES: list[dict[str, Any]] = [
    {"name": "decides", "field": "seniority", "one_of": ["vp", "c-level"], "weight": "vital", "required": True},
    {"name": "pays", "field": "department", "one_of": ["finance"], "weight": 50, "required": True},
    {"name": "uses", "field": "department", "one_of": ["*"], "weight": "trivial"},
]
GROUPS: dict[str, Any] = {"account": "company", "roles": ROLES, "member_ceiling": 30, "score": 40}


def terms(**changes: Any) -> Terms:
    return agreed(groups={**GROUPS, **changes}, handoff__score=1000)


def member(lead: str, minutes: int = 0, company: str = " Acme ", **told: Any) -> Event:
    return profile(MONDAY + minutes * 60_000, lead, company=company, **told)


def handed(house: House) -> list[dict[str, Any]]:
    return [data for kind, data in said(house.said) if kind == "handoff.group_requested"]


def test_a_group_adds_up_the_interest_of_its_members_by_their_roles() -> None:
    events = [member(ADA, seniority="VP"), at(1, trial, ADA), member(BOB, 2, department="Finance"), at(3, trial, BOB)]
    house = House(terms()).send(*events, member(CY, 4)).settle()
    group = house.lead(ACME)
    assert [(role, points, lead) for role, points, *_, lead in group.interests] == [
        ("decides", 25, ADA),
        ("pays", 12, BOB),
        ("", 0, CY),
    ]
    assert (group.score, group.stage) == (37, "lead")
    assert house.lead(ADA).groups == {ACME: ("decides", 25)}


def test_a_member_counts_for_no_more_than_the_ceiling() -> None:
    house = House(terms()).send(member(ADA, seniority="VP"), at(1, trial, ADA), at(2, demo, ADA), at(3, content, ADA))
    assert house.settle().lead(ACME).score <= 30


def test_a_group_is_handed_over_by_its_score_with_all_its_members() -> None:
    events = [member(ADA, seniority="VP"), at(1, trial, ADA), at(2, content, ADA), member(BOB, 5, seniority="c-level")]
    house = House(terms()).send(*events, at(6, trial, BOB)).settle()
    [packet] = handed(house)
    assert packet["lead"] == ACME
    assert packet["account"] == "acme"
    assert (packet["score"], packet["why"]) == (55, "Score 55 of 2 people; 40 are needed.")
    assert packet["score"] == sum(each["points"] for each in packet["members"])
    assert [each["lead"] for each in packet["members"]] == [ADA, BOB]
    assert (packet["completeness"], packet["missing"]) == (50, ["pays"])
    assert house.lead(ACME).stage == "mql"
    assert house.replay.counts()["handoffs", "group"] == 1


def test_a_group_is_handed_over_when_its_roles_are_filled() -> None:
    house = House(terms(score=None, completeness=100)).send(member(ADA, seniority="VP"))
    assert handed(house.settle()) == []
    [packet] = handed(house.send(member(BOB, 1, department="finance")).settle())
    assert packet["why"] == "100 % of the roles are filled; 100 % are needed."
    assert packet["missing"] == []


def test_who_changes_its_account_leaves_one_group_for_another() -> None:
    house = House(terms()).send(member(ADA, seniority="VP"), at(1, trial, ADA), member(ADA, 2, "Umbrella")).settle()
    assert (house.lead(ACME).interests, house.lead(ACME).score) == ([], 0)
    assert house.lead(f"{PREFIX}umbrella").score == 25


def test_who_is_excluded_belongs_to_no_group() -> None:
    own = {"name": "own staff", "field": "email_domain", "one_of": ["own.example"]}
    excluding = agreed(groups=GROUPS, exclusions=[own])
    house = House(excluding).send(member(ADA, seniority="VP"), profile(MONDAY + HOUR, ADA, email_domain="own.example"))
    assert house.settle().lead(ACME).interests == []


def test_who_goes_on_under_another_id_is_a_member_once() -> None:
    events = [member(BOB, seniority="VP"), at(1, trial, BOB), at(2, page, ADA), merged(BOB, ADA)]
    house = House(terms()).send(*events).settle()
    assert [(entry[5], entry[1]) for entry in house.lead(ACME).interests] == [(ADA, 26)]


def test_a_group_is_handed_over_again_when_sales_gave_it_back_and_it_has_risen() -> None:
    events = [member(ADA, seniority="VP"), at(1, trial, ADA), at(2, content, ADA), member(BOB, 5, seniority="c-level")]
    house = House(terms()).send(*events, at(6, trial, BOB)).settle()
    house.send(event("returned", MONDAY + HOUR, ACME, reason="not_ready", by="sam")).settle()
    assert (house.lead(ACME).stage, house.lead(ACME).again_at) == ("lead", 75)
    house.send(member(CY, 90, seniority="VP"), at(91, trial, CY)).settle()
    assert len(handed(house)) == 2
    assert not [kind for kind, data in said(house.said) if kind.startswith("nurture") and data["lead"] == ACME]


def test_nobody_climbs_the_funnel_but_people() -> None:
    house = House(terms()).send(member(ADA, seniority="VP"), at(1, trial, ADA)).settle()
    house.send(event("accepted", MONDAY + HOUR, ACME, by="sam")).settle()
    assert {key[1]: n for key, n in house.replay.counts().items() if key[0] == "leads" and n} == {"lead": 1}


def test_a_missed_deadline_of_a_group_is_told() -> None:
    house = House(terms(score=20)).send(member(ADA, seniority="VP"), at(1, trial, ADA)).settle()
    ring(house, MONDAY + 9 * DAY)
    assert [data["lead"] for kind, data in said(house.said) if kind == "notice.given"] == [ACME]


def ring(house: House, now: int) -> None:
    for relay in house.replay.relays:
        relay.ring(now)
        house.letters += relay.outputs
        relay.outputs = []
    house.settle()


@pytest.mark.parametrize(
    "wrong",
    [
        page(MONDAY, ACME),
        event("identified", MONDAY, ACME, known_as=ADA),
        event("identified", MONDAY, ADA, known_as=ACME),
        event("merged", MONDAY, ADA, into=ACME),
        event("accepted", MONDAY, ACME, by="sam"),
    ],
)
def test_ids_of_groups_are_theirs_alone(wrong: Event) -> None:
    house = House(terms()).send(wrong).settle()
    assert [fact.reason for fact in house.facts() if isinstance(fact, f.Passed)] == ["reserved_id"]


def test_only_a_group_has_members() -> None:
    told = event("member_changed", MONDAY, ADA, member=BOB, account="a", line="", role="", points=1, left=False)
    assert [fact.reason for fact in House(terms()).send(told).facts() if isinstance(fact, f.Passed)] == ["invalid_data"]


def test_there_is_a_group_for_each_line() -> None:
    groups = {**GROUPS, "lines": ["suite", "ledger"], "others": 100}
    house = House(lined(groups=groups)).send(member(ADA), at(1, trial, ADA), at(2, content, ADA)).settle()
    assert house.lead(f"{PREFIX}suite/acme").score == 20
    assert house.lead(f"{PREFIX}ledger/acme").score == 10
    assert house.lead(f"{PREFIX}ledger/acme").profile == {"account": "acme", "line": "ledger"}


def test_a_visitor_s_interest_counts_for_the_group_of_the_lead_it_turns_out_to_be() -> None:
    house = House(terms()).send(at(0, trial, BOB), member(ADA, 1, seniority="VP"), identified(BOB, ADA)).settle()
    assert house.lead(ACME).score == 25


def test_a_group_is_explained_with_what_it_lacks() -> None:
    group = House(terms()).send(member(ADA, seniority="VP"), at(1, trial, ADA)).settle().lead(ACME)
    assert sentences(group, terms())[0] == (
        "group:acme is a buying group of 1, at stage lead, with a score of 25, of 40 that hand it over. "
        "50 % of the required roles are filled. It lacks pays."
    )
    by_roles = terms(score=None, completeness=50, roles=[ROLES[0]])
    assert sentences(group, by_roles)[0].endswith("with a score of 25. 100 % of the required roles are filled.")
    assert sentences(group, terms(roles=ROLES[2:]))[0].endswith("of 40 that hand it over.")
    assert sentences(group, agreed())[0].endswith("Agreement 1 has no buying groups.")


def test_the_ledger_of_a_group_is_that_of_its_members() -> None:
    silence = {"name": "silence", "on": "any", "points": -5, "times": {"max": 0}, "within_days": 2}
    silent = agreed(groups=GROUPS, interest__rules=[silence, READ])
    group = House(silent).send(member(ADA, seniority="VP"), at(1, page, ADA)).settle().lead(ACME)
    assert [(entry.rule, entry.points, entry.detail) for entry in ledger(group, silent)] == [("decides", 5, ADA)]


def test_a_version_without_groups_lets_them_go() -> None:
    story = given(member(ADA, seniority="VP"), terms=terms())
    story.relay.terms = agreed()
    assert kinds(story.when(page()))[-1] == "group_told"
    assert story.lead.groups == {}


def test_a_group_is_not_handed_over_before_it_has_rested() -> None:
    resting = agreed(groups=GROUPS, handoff__score=1000, return__pause_days=9, return__again_points=1)
    events = [member(ADA, seniority="VP"), at(1, trial, ADA), at(2, content, ADA), member(BOB, 5, seniority="c-level")]
    house = House(resting).send(*events, at(6, trial, BOB)).settle()
    house.send(event("returned", MONDAY + HOUR, ACME, reason="not_ready")).settle()
    house.send(member(CY, 90, seniority="VP"), at(91, trial, CY)).settle()
    ring(house, MONDAY + 9 * DAY)
    assert len(handed(house)) == 1
    ring(house, MONDAY + 9 * DAY + 3 * HOUR)
    assert len(handed(house)) == 2
    assert house.lead(ACME).look_at is None


SILENCE = {"name": "silence", "on": "any", "points": -5, "times": {"max": 0}, "within_days": 2}
LOUD = {"name": "trial", "on": "trial_started", "points": 30, "within_days": 20}


@pytest.mark.parametrize(
    "changes",
    [
        {"return__interest": "reset"},
        {"interest__rules": [LOUD, SILENCE], "interest__ceiling": 30, "interest__groups": {}},
    ],
)
def test_a_group_that_goes_back_keeps_its_members_and_their_points(changes: dict[str, Any]) -> None:
    back = agreed(groups=GROUPS, handoff__score=1000, **changes)
    events = [member(ADA, seniority="VP"), at(1, trial, ADA), at(2, content, ADA), member(BOB, 5, seniority="c-level")]
    house = House(back).send(*events, at(6, trial, BOB)).settle()
    had = house.lead(ACME).score
    house.send(event("returned", MONDAY + HOUR, ACME, reason="not_ready")).settle()
    group = house.lead(ACME)
    assert [entry[5] for entry in group.interests] == [ADA, BOB]
    assert group.score == sum(entry.points for entry in ledger(group, back)) == had
    assert group.again_at == had + 20


@pytest.mark.parametrize(("changes", "first"), [({"groups": GROUPS}, CY), ({}, BOB)])
def test_of_too_many_members_those_are_let_go_who_count_least(changes: dict[str, Any], first: str) -> None:
    house = House(agreed(**changes))
    house.send(counting(CY, 1, role="decides"), counting(BOB, 2), counting(ADA, 3))
    house.send(*[counting(f"m{n}", 9) for n in range(MEMBERS_MAX - 2)])
    members = [entry[5] for entry in house.lead(ACME).interests]
    assert (len(members), members[0]) == (MEMBERS_MAX, first)
    house.send(counting(BOB, 1, role="decides"), counting(CY, 0, left=True), counting(DEE, 0))
    assert len(house.lead(ACME).interests) == MEMBERS_MAX
    assert house.lead(ACME).score == sum(entry[1] for entry in house.lead(ACME).interests)


def test_a_group_of_the_longest_names_fits_into_a_record() -> None:
    group, astral = House(terms(score=10_000)).send(counting(ADA, 1)).lead(ACME), chr(0x1F600)
    group.interests = [(astral * 60, 100_000, 1, MONDAY, "l11-9999999999", astral * 128)] * MEMBERS_MAX
    over = f.HandedOver(1, "group", "", "", 1, "", MONDAY)
    assert max(len(pack(group)), len(plain(packet(group, over, terms())))) < 500_000


def counting(lead: str, points: int, role: str = "", *, left: bool = False) -> Event:
    said = {"member": lead, "account": "acme", "line": "", "role": role, "points": points, "left": left}
    return event("member_changed", MONDAY + HOUR, ACME, **said)


def test_who_is_disqualified_belongs_to_no_group() -> None:
    house = House(terms()).send(member(ADA, seniority="VP"), at(1, trial, ADA), at(2, rejected, ADA)).settle()
    assert house.lead(ACME).interests == []
    assert house.send(event("stage_moved", MONDAY + HOUR, ADA, to="lead")).settle().lead(ACME).score == 25
