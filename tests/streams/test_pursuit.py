"""What sales owe to a lead: responses in time, attempts, and how a lead leaves their hands."""

import pytest

from schemas.fact import (
    Attempted,
    DeadlineEnded,
    HandedOver,
    Lost,
    Noticed,
    NurtureEntered,
    NurtureLeft,
    OwnerChanged,
    Passed,
    Qualified,
    Rejected,
    Reopened,
    Returned,
    StageMoved,
    TakenOn,
    Won,
)
from tests.streams.given import (
    DAY,
    HOT,
    HOUR,
    MINUTE,
    MONDAY,
    Event,
    accepted,
    agreed,
    attempt,
    demo,
    given,
    kinds,
    lost,
    move,
    owner,
    page,
    pricing,
    profile,
    qualified,
    rejected,
    returned,
    trial,
    unsubscribed,
    won,
)

DUE = MONDAY + DAY
"""Eight working hours after a demo asked for at MONDAY."""
MET, MISSED = DeadlineEnded("met", DUE), DeadlineEnded("missed", DUE)
ALARM = Noticed("deadline_missed", "sales", "ada was handed over and nobody responded in time.")
ASKED = demo(MONDAY)


# ---- the response deadline


@pytest.mark.parametrize(
    "response", [attempt, accepted, qualified, rejected, returned, lost, won], ids=lambda maker: maker.args[0]
)
def test_whatever_sales_do_in_time_meets_the_deadline(response: type[Event]) -> None:
    story = given(ASKED)
    assert MET in story.when(response(DUE))
    assert story.lead.due_at is None


def test_a_response_one_millisecond_late_misses_it() -> None:
    facts = given(ASKED).when(accepted(DUE + 1))
    assert facts[:2] == [MISSED, ALARM]


def test_a_response_that_was_in_time_counts_whenever_it_arrives() -> None:
    story = given(ASKED, page(DUE + HOUR))
    assert MET in story.when(attempt(MONDAY + HOUR))


def test_an_attempt_before_the_handoff_is_no_response_to_it() -> None:
    story = given(attempt(MONDAY - HOUR), ASKED)
    assert story.when(attempt(MONDAY - 1, outcome="answered")) == [
        Attempted("phone", "answered", "", "sam", 0, 2, answers=False)
    ]
    assert (story.lead.attempts, story.lead.attempts_of_all, story.lead.due_at) == (0, 2, DUE)
    assert MET in story.when(attempt(MONDAY))


def test_attempts_before_the_handoff_give_nothing_back() -> None:
    story = given(ASKED, *[attempt(MONDAY - 1) for _ in range(6)], attempt(MONDAY))
    assert (story.lead.stage, story.lead.unanswered) == ("mql", 1)


def test_another_owner_is_no_response() -> None:
    story = given(ASKED)
    assert story.when(owner(owner="kim")) == [OwnerChanged("kim")]
    assert story.lead.due_at == DUE


def test_a_deadline_is_missed_when_grace_is_over() -> None:
    story = given(ASKED)
    assert story.remind(DUE + 15 * MINUTE - 1) == []
    assert story.remind(DUE + 15 * MINUTE) == [MISSED, ALARM]
    assert story.said == [
        (
            "notice.given",
            {
                "lead": "ada",
                "kind": "deadline_missed",
                "to": "sales",
                "owner": "",
                "text": ALARM.text,
                "agreement": 1,
            },
        )
    ]


def test_a_deadline_is_missed_once() -> None:
    story = given(ASKED)
    assert story.remind(DUE + DAY) == [MISSED, ALARM]
    assert story.remind(DUE + 2 * DAY) == []
    assert kinds(story.when(accepted(DUE + 3 * DAY))) == ["owner_changed", "stage_moved"]


def test_a_met_deadline_gives_no_reminder() -> None:
    assert given(ASKED, attempt(DUE)).remind(DUE + DAY) == []


def test_a_reminder_that_sales_were_quicker_than_is_ignored() -> None:
    story = given(ASKED)
    letters = story.ring(DUE + DAY)
    story.when(accepted(DUE))
    assert story.deliver(letters, DUE + DAY) == [Passed("ignored", "this deadline no longer runs", "")]


def test_sales_who_take_a_lead_by_themselves_have_no_deadline() -> None:
    story = given(page(), accepted())
    assert story.lead.due_at is None
    assert story.remind(MONDAY + 30 * DAY) == []


def test_every_handoff_has_its_own_deadline() -> None:
    story = given(ASKED, attempt(DUE), returned(DUE + 1), demo(DUE + DAY))
    assert story.lead.due_at == DUE + 2 * DAY
    assert story.remind(DUE + 30 * DAY) == [DeadlineEnded("missed", DUE + 2 * DAY), ALARM]


# ---- attempts


def test_attempts_are_counted_from_the_handoff_on() -> None:
    story = given(profile(), attempt(), demo())
    facts = story.when(attempt(channel="email", outcome="voicemail", reason="holiday", by="kim"))
    assert facts[0] == Attempted("email", "voicemail", "holiday", "kim", 1, 2, answers=False)
    assert (story.lead.attempts, story.lead.attempts_of_all, story.lead.unanswered) == (1, 2, 1)


def test_the_first_answer_answers() -> None:
    story = given(demo(), attempt(), attempt())
    assert story.when(attempt(outcome="answered")) == [
        Attempted("phone", "answered", "", "sam", 3, 3, answers=True),
    ]
    assert story.when(attempt(outcome="answered"))[0].answers is False
    assert story.lead.unanswered == 0


def test_a_new_pursuit_begins_with_a_new_handoff() -> None:
    story = given(demo(), attempt(outcome="answered"), returned(), demo())
    assert (story.lead.attempts, story.lead.answered) == (0, False)
    assert story.when(attempt(outcome="answered"))[0] == Attempted("phone", "answered", "", "sam", 1, 2, answers=True)


def test_a_lead_goes_back_after_too_many_attempts_without_an_answer() -> None:
    story = given(demo(MONDAY), *[attempt() for _ in range(5)])
    assert story.lead.with_sales
    assert story.when(attempt()) == [
        Attempted("phone", "no_answer", "", "sam", 6, 6, answers=False),
        Returned("no_answer", "agreement", 6, "reconnect", 20),
        StageMoved("mql", "lead", (), "agreement", "no_answer"),
        NurtureEntered("reconnect", "return", "no_answer", "agreement"),
    ]
    assert (story.lead.stage, story.lead.with_sales, story.lead.track) == ("lead", False, "reconnect")


def test_an_answer_starts_the_count_of_the_unanswered_anew() -> None:
    story = given(demo(), *[attempt() for _ in range(5)], attempt(outcome="answered"), *[attempt() for _ in range(5)])
    assert story.lead.with_sales
    assert "returned" in kinds(story.when(attempt()))


def test_an_accepted_lead_goes_back_too() -> None:
    assert given(accepted(), *[attempt() for _ in range(6)]).lead.stage == "lead"


def test_a_confirmed_opportunity_does_not_go_back_by_itself() -> None:
    story = given(qualified(), *[attempt() for _ in range(7)])
    assert (story.lead.stage, story.lead.with_sales) == ("sql", True)


def test_attempts_at_a_lead_that_is_not_with_sales_give_nothing_back() -> None:
    story = given(page(), *[attempt() for _ in range(7)])
    assert (story.lead.attempts_of_all, story.lead.stage) == (7, "visitor")


def test_attempts_after_a_return_give_it_back_no_second_time() -> None:
    story = given(demo(), *[attempt() for _ in range(6)])
    assert kinds(story.when(attempt())) == ["attempted"]


def test_sales_who_take_it_again_begin_a_new_pursuit() -> None:
    story = given(demo(), *[attempt() for _ in range(6)])
    assert kinds(story.when(accepted())) == ["taken_on", "owner_changed", "nurture_left", "stage_moved"]
    assert (story.lead.attempts, story.lead.unanswered, story.lead.with_sales) == (0, 0, True)


def test_who_was_reached_by_nobody_and_may_not_be_nurtured_gets_no_track() -> None:
    story = given(demo(), unsubscribed(), *[attempt() for _ in range(5)])
    assert story.when(attempt())[1] == Returned("no_answer", "agreement", 6, "", 20)
    assert story.lead.track == ""


# ---- into the hands of sales


def test_an_accepted_mql_is_in_the_hands_of_who_accepted_it() -> None:
    assert given(ASKED).when(accepted(DUE)) == [
        MET,
        OwnerChanged("sam"),
        StageMoved("mql", "accepted", ("accepted",), "sales", "accepted"),
    ]


def test_sales_may_accept_a_lead_that_nobody_handed_over() -> None:
    story = given(profile())
    assert story.when(accepted(by="")) == [
        TakenOn(""),
        NurtureLeft("awareness", "accepted", ""),
        StageMoved("contact", "accepted", ("lead", "mql", "accepted"), "sales", "accepted"),
    ]
    assert story.lead.owner == ""


def test_the_same_owner_is_not_told_twice() -> None:
    assert kinds(given(demo(), accepted(by="sam")).when(qualified(by="sam"))) == ["qualified", "stage_moved"]


def test_sales_confirm_an_opportunity_with_the_attempts_it_took() -> None:
    story = given(demo(), attempt(), accepted(), attempt(outcome="answered"))
    assert story.when(qualified()) == [
        Qualified("sam", 2),
        StageMoved("accepted", "sql", ("sql",), "sales", "qualified"),
    ]


def test_a_sale_of_a_confirmed_opportunity() -> None:
    story = given(qualified())
    assert story.when(won()) == [
        Won(1200.0, "EUR", "sam"),
        StageMoved("sql", "customer", ("customer",), "sales", "won"),
    ]
    assert (story.lead.stage, story.lead.with_sales, story.lead.owner) == ("customer", False, "sam")


def test_a_sale_by_hand_has_no_amount() -> None:
    assert given(qualified()).when(move(to="customer"))[0] == Won(0.0, "EUR", "sam")


def test_who_buys_was_qualified_whether_sales_said_so_or_not() -> None:
    assert given(profile(), attempt()).when(won(by="")) == [
        TakenOn(""),
        NurtureLeft("awareness", "accepted", ""),
        Qualified("", 1),
        StageMoved("contact", "sql", ("lead", "mql", "accepted", "sql"), "sales", "qualified"),
        Won(1200.0, "EUR", ""),
        StageMoved("sql", "customer", ("customer",), "sales", "won"),
    ]


# ---- out of the hands of sales


def test_a_rejected_lead_is_disqualified_and_on_no_track() -> None:
    story = given(profile())
    assert story.when(rejected()) == [
        Rejected("spam", "sam"),
        StageMoved("contact", "disqualified", (), "sales", "spam"),
        NurtureLeft("awareness", "disqualified", "sam"),
    ]
    assert not given(demo(), rejected()).lead.with_sales


def test_sales_return_a_lead_with_a_reason_that_names_its_track() -> None:
    story = given(ASKED, attempt())
    assert story.when(returned(reason="not_ready")) == [
        Returned("not_ready", "sam", 1, "consideration", 20),
        StageMoved("mql", "lead", (), "sales", "not_ready"),
        NurtureEntered("consideration", "return", "not_ready", "sam"),
    ]


def test_a_reason_without_a_track_starts_none() -> None:
    terms = agreed(return__reasons={"no_answer": "", "not_ready": ""})
    story = given(demo(), terms=terms)
    assert kinds(story.when(returned(by=""))) == ["deadline_ended", "returned", "stage_moved"]
    assert story.lead.track == ""


def test_a_lost_opportunity_goes_back_to_marketing() -> None:
    story = given(qualified())
    assert story.when(lost(reason="chose_competitor", by="")) == [
        Lost("chose_competitor", "", 20),
        StageMoved("sql", "lead", (), "sales", "chose_competitor"),
        NurtureEntered("awareness", "loss", "chose_competitor", "sales"),
    ]
    assert (story.lead.with_sales, story.lead.again_at) == (False, 20)


@pytest.mark.parametrize(
    ("history", "to", "facts"),
    [
        ([ASKED], "accepted", ["deadline_ended", "owner_changed", "stage_moved"]),
        ([accepted()], "sql", ["qualified", "stage_moved"]),
        ([qualified()], "customer", ["won", "stage_moved"]),
        ([qualified()], "disqualified", ["rejected", "stage_moved"]),
    ],
)
def test_a_move_by_hand_means_what_its_feedback_means(history: list[Event], to: str, facts: list[str]) -> None:
    story = given(*history)
    assert kinds(story.when(move(to=to))) == facts
    assert story.lead.stage == to


def test_a_customer_who_left_is_a_lead_again() -> None:
    story = given(pricing(), won())
    assert story.when(move(to="lead", reason="left us")) == [
        Reopened("left us", "sam", 31),
        StageMoved("customer", "lead", (), "sales", "left us"),
        NurtureEntered("consideration", "stage", "lead", "agreement"),
    ]
    assert story.lead.peak == "customer"


def test_who_was_wrongly_disqualified_is_a_lead_again() -> None:
    story = given(rejected())
    assert story.when(move(to="lead"))[1] == StageMoved(
        "disqualified", "lead", ("contact", "lead"), "sales", "moved by hand"
    )


def test_who_is_a_lead_again_is_not_handed_over_for_what_was_before() -> None:
    story = given(*HOT, rejected(), trial(), move(to="lead"))
    assert (story.lead.score, story.lead.again_at) == (90, 110)
    story.and_then(page(), pricing())
    assert (story.lead.stage, story.lead.handoffs) == ("lead", 1)


def test_a_handoff_is_a_fact_with_its_deadline() -> None:
    assert given().when(demo(MONDAY))[-1] == HandedOver(1, "conversion", "demo", 0, "Asked for a demo.", DUE)


def test_points_of_a_lead_that_is_with_sales_still_count() -> None:
    assert given(demo(), pricing()).lead.interest == 11
