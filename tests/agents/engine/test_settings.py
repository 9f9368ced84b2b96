"""Settings that contradict each other are refused, and what follows from them is derived."""

import pytest

from agents.errors import LeadrelayError
from tests.agents.engine.fakes import settings


def test_the_changelog_is_named_after_app_and_table() -> None:
    assert settings(app_id="relay", table="leads").changelog == "relay-leads-changelog"


def test_one_read_is_never_more_than_a_lane_may_hold() -> None:
    assert settings(uncommitted_max=100, read_max=1000).read_max == 100


def test_a_new_owner_waits_longer_than_a_revoke_takes() -> None:
    with pytest.raises(LeadrelayError, match="fence_grace_ms"):
        settings(fence_grace_ms=2000, revoke_bound_ms=2000)


def test_every_topic_is_looked_for() -> None:
    assert settings(inputs=("a", "b"), outputs=("c",)).topics == ("a", "b", "c", "app-leads-changelog")


def test_without_credentials_clients_speak_plainly() -> None:
    assert settings().auth == {"security_protocol": "PLAINTEXT"}
