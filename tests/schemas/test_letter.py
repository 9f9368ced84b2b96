"""A reminder is a message like any other, so that a replay hears it too."""

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas import topics
from schemas.codec import BY_CONTRACT, decode
from schemas.letter import Reminder
from tests.schemas.made import EXAMPLES, binary


def test_a_reminder_comes_at_the_deadline_itself() -> None:
    message = decode(*binary(EXAMPLES["letter.reminder.json"]))
    assert message.data == Reminder(deadline="response", handoff=1)
    assert message.id == f"reminder-{message.at}-{message.data.handoff}"
    assert BY_CONTRACT[Reminder].topic == topics.LETTER.name


@pytest.mark.parametrize("data", [{}, {"deadline": "response"}, {"deadline": "offer", "handoff": 1}])
def test_a_reminder_says_of_what(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Reminder).validate_python(data)
