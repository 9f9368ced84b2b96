"""No transaction goes out with the membership of a client that is in no group."""

import pytest

from agents.engine.membership import Membership, NotAMemberError


def test_it_is_the_group_id_and_says_who_we_are() -> None:
    membership = Membership("group", 7, "member-1", "w0")
    assert membership == "group"
    assert isinstance(membership, str)
    assert (membership.generation, membership.member_id, membership.instance) == (7, "member-1", "w0")


@pytest.mark.parametrize(("generation", "member_id"), [(-1, ""), (-1, "member-1"), (7, "")])
def test_a_client_that_left_the_group_has_none(generation: int, member_id: str) -> None:
    with pytest.raises(NotAMemberError, match="no membership"):
        Membership("group", generation, member_id, None)
