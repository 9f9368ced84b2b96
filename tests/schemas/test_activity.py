"""What a lead may be said to have done."""

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.activity import Activity, EmailBounced, EventAttended, PageViewed, ProductUsed, ProfileGiven
from schemas.codec import KINDS


def test_every_activity_may_say_where_the_lead_came_from() -> None:
    for kind in KINDS:
        if kind.topic == "leads.activity.v1":
            assert issubclass(kind.contract, Activity)
            assert {"source", "campaign"} <= kind.adapter.json_schema()["properties"].keys()


def test_what_was_not_told_is_empty() -> None:
    assert ProfileGiven() == TypeAdapter(ProfileGiven).validate_python({})
    assert PageViewed(url="/").title == ""
    assert EventAttended(event="webinar-1", kind="webinar").minutes == 0
    assert ProductUsed(product="planner").times == 1


@pytest.mark.parametrize(
    ("contract", "data"),
    [
        (PageViewed, {}),
        (PageViewed, {"url": ""}),
        (PageViewed, {"url": "u" * 501}),
        (EmailBounced, {"email": "n-1"}),
        (EmailBounced, {"email": "n-1", "kind": "Hard"}),
        (EventAttended, {"event": "e-1", "kind": "webinar", "minutes": -1}),
        (ProfileGiven, {"company_size": 1_000_000_001}),
        (ProfileGiven, {"name": "n" * 129}),
    ],
)
def test_what_breaks_the_contract_is_refused(contract: type, data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(contract).validate_python(data)
