"""The packet that sales get: whole, and its points add up."""

from dataclasses import fields
from typing import Any

import pytest

from schemas.activity import Activity, ProfileGiven
from schemas.agreement import Agreement
from schemas.codec import KINDS
from schemas.handoff import HandoffRequested, Who
from tests.schemas.made import EXAMPLES

PACKETS = {name: event["data"] for name, event in EXAMPLES.items() if name.startswith("handoff.requested")}
EACH = pytest.mark.parametrize("packet", PACKETS.values(), ids=PACKETS)


def names(contract: Any) -> list[str]:
    return [field.name for field in fields(contract)]


def test_who_is_all_that_a_profile_may_tell() -> None:
    assert names(Who) == [name for name in names(ProfileGiven) if name not in names(Activity)]


def test_the_packet_has_room_for_the_points_of_every_rule() -> None:
    schema = Agreement.model_json_schema()["$defs"]
    rules = sum(schema[side]["properties"]["rules"]["maxItems"] for side in ("Fit", "Interest"))
    (kind,) = (kind for kind in KINDS if kind.contract is HandoffRequested)
    assert kind.adapter.json_schema()["properties"]["entries"]["maxItems"] > rules


@EACH
def test_the_points_of_an_example_add_up(packet: dict[str, Any]) -> None:
    for side in ("fit", "interest"):
        assert sum(entry["points"] for entry in packet["entries"] if entry["side"] == side) == packet[side]
    assert packet["fit"] + packet["interest"] == packet["score"]


@EACH
def test_an_example_counts_activities_that_there_are(packet: dict[str, Any]) -> None:
    assert packet["activity"].keys() <= {kind.name for kind in KINDS if kind.topic == "leads.activity.v1"}
    assert (packet["trigger"] == "conversion") == bool(packet["conversion"])
