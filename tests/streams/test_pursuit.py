"""What sales owe to a lead: responses in time, attempts, and how a lead leaves their hands."""

import pytest

from schemas.fact import (
    Attempted,
    DeadlineEnded,
    Noticed,
    NurtureEntered,
    OwnerChanged,
    Passed,
    Returned,
    StageMoved,
)
from tests.streams.given import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    Event,
    accepted,
    attempt,
    demo,
    given,
    kinds,
    lost,
    owner,
    page,
    profile,
    qualified,
    rejected,
    returned,
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
    assert story.lead.unanswered == 0
    assert story.when(attempt(outcome="answered"))[0].answers is False


def test_only_the_first_answer_of_a_pursuit_answers() -> None:
    story = given(demo(), attempt(outcome="answered"), attempt())
    assert story.when(attempt(outcome="answered"))[0] == Attempted("phone", "answered", "", "sam", 3, 3, answers=False)


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
