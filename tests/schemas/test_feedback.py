"""What sales may be said to have done."""

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.bounds import Channel, Outcome, Stage
from schemas.codec import KINDS
from schemas.feedback import AttemptMade, Feedback, Lost, Rejected, Returned, StageMoved, Won


def test_every_feedback_may_say_who_gave_it() -> None:
    for kind in KINDS:
        if kind.topic == "leads.feedback.v1":
            assert issubclass(kind.contract, Feedback)
            assert "by" in kind.adapter.json_schema()["properties"]


@pytest.mark.parametrize("channel", get_args(Channel))
@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_an_attempt_has_a_channel_and_an_outcome(channel: Channel, outcome: Outcome) -> None:
    made = TypeAdapter(AttemptMade).validate_python({"channel": channel, "outcome": outcome})
    assert made == AttemptMade(channel=channel, outcome=outcome)


@pytest.mark.parametrize("contract", [Rejected, Returned, Lost])
def test_who_gives_a_lead_up_says_why(contract: type) -> None:
    for data in ({}, {"reason": ""}):
        with pytest.raises(ValidationError):
            TypeAdapter(contract).validate_python(data)


@pytest.mark.parametrize("stage", get_args(Stage))
def test_a_move_by_hand_names_a_stage(stage: Stage) -> None:
    assert TypeAdapter(StageMoved).validate_python({"to": stage}) == StageMoved(to=stage)


def test_a_sale_may_be_told_without_its_amount() -> None:
    assert TypeAdapter(Won).validate_python({}) == Won(amount=0.0, currency="EUR")
