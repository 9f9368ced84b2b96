"""A fetch session asks for what is new, and begins anew when an answer is missing."""

from aiokafka import TopicPartition

from agents.engine.session import EPOCH_MAX, SESSION_ID_NOT_FOUND, FetchSession
from agents.engine.wire import Fetch, FetchAnswer

A, B, C = (TopicPartition("t", n) for n in range(3))
INVALID_EPOCH = 71


def answer(session: int = 9, error: int = 0) -> FetchAnswer:
    made = FetchAnswer()
    made.session, made.error, made.partitions = session, error, []
    return made


def said(fetch: Fetch) -> tuple[tuple[int, int], dict[TopicPartition, int], list[TopicPartition]]:
    return fetch.session, dict(fetch.offsets), list(fetch.forgotten)


def test_the_first_request_is_whole_and_the_next_ones_say_what_has_changed() -> None:
    session = FetchSession()
    assert said(session.ask({A: 0, B: 5})) == ((0, 0), {A: 0, B: 5}, [])
    assert session.heard(answer())
    assert said(session.ask({A: 3, B: 5})) == ((9, 1), {A: 3}, [])
    assert session.heard(answer())
    assert said(session.ask({B: 5, C: 1})) == ((9, 2), {C: 1}, [A])
    assert session.heard(answer())
    assert said(session.ask({B: 5, C: 1, A: 3})) == ((9, 3), {A: 3}, [])


def test_after_a_lost_answer_everything_is_said_again() -> None:
    session = FetchSession()
    session.ask({A: 0})
    session.heard(answer())
    session.ask({A: 1})
    assert said(session.ask({A: 1})) == ((9, 0), {A: 1}, []), "which ends the old session too"
    assert session.heard(answer(10))
    assert said(session.ask({A: 1})) == ((10, 1), {}, [])


def test_a_session_that_the_broker_forgot_is_begun_anew() -> None:
    session = FetchSession()
    session.ask({A: 0})
    session.heard(answer())
    session.ask({A: 0})
    assert not session.heard(answer(0, SESSION_ID_NOT_FOUND))
    assert said(session.ask({A: 0})) == ((0, 0), {A: 0}, [])


def test_a_wrong_epoch_begins_anew_too() -> None:
    session = FetchSession()
    session.ask({A: 0})
    session.heard(answer())
    session.ask({A: 0})
    assert not session.heard(answer(0, INVALID_EPOCH))
    assert said(session.ask({A: 0})) == ((9, 0), {A: 0}, [])


def test_a_broker_without_room_for_sessions_is_asked_for_everything_each_time() -> None:
    session = FetchSession()
    for _ in range(2):
        assert said(session.ask({A: 0})) == ((0, 0), {A: 0}, [])
        assert session.heard(answer(0))


def test_epochs_begin_again_at_one() -> None:
    session = FetchSession()
    session.ask({A: 0})
    session.heard(answer())
    session._epoch = EPOCH_MAX
    session.ask({A: 0})
    session.heard(answer())
    assert session.ask({A: 0}).session == (9, 1)
