"""Where refused messages go."""

from schemas import topics
from schemas.envelope import Refusal
from streams.record import Line
from streams.refused import MESSAGE, REASON, deadletter, original

RECORD = Line("leads.feedback.v1", 3, 1042, 0, b"ada", b"\xff", (("trace", b"1"), ("empty", None)))


def test_a_refused_record_is_unchanged_but_for_connects_error_headers() -> None:
    letter = deadletter(RECORD, Refusal("not_json", "no object: größer"))
    assert (letter.topic, letter.key, letter.value) == (topics.DEADLETTER.name, b"ada", b"\xff")
    assert letter.headers[:2] == RECORD.headers
    assert dict(letter.headers[2:]) == {
        "__connect.errors.topic": b"leads.feedback.v1",
        "__connect.errors.partition": b"3",
        "__connect.errors.offset": b"1042",
        "__connect.errors.connector.name": b"leadrelay",
        "__connect.errors.task.id": b"3",
        "__connect.errors.stage": b"VALUE_CONVERTER",
        "__connect.errors.class.name": b"schemas.codec",
        REASON: b"not_json",
        MESSAGE: "no object: größer".encode(),
    }


def test_the_headers_of_a_dead_letter_as_they_were() -> None:
    letter = deadletter(RECORD, Refusal("not_json", ""))
    assert original(letter.headers) == RECORD.headers
    again = deadletter(Line("leads.feedback.v1", 3, 1043, 0, b"ada", b"\xff", letter.headers), Refusal("not_json", ""))
    assert original(again.headers) == RECORD.headers


def test_an_empty_record_stays_empty() -> None:
    letter = deadletter(
        Line("leads.activity.v1", 0, 0, 0, None, None), Refusal("null_value", "the record has no value")
    )
    assert (letter.key, letter.value) == (None, None)
