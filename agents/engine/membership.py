"""The membership under which lanes were opened: it travels with the offsets of one transaction and fences it."""

from typing import Self


class Membership(str):
    """The consumer group's id, and who we are in it. It is sent as the id.

    Attributes:
        generation: The group's generation, 1 or more.
        member_id: Our member id in that generation.
        instance: Our static instance id, or None.
    """

    __slots__ = ("generation", "instance", "member_id")
    generation: int
    member_id: str
    instance: str | None

    def __new__(cls, group_id: str, generation: int, member_id: str, instance: str | None) -> Self:
        """Make one.

        Raises:
            NotAMemberError: Generation or member id are those of a client that left the group. The broker checks
                nothing for (-1, ""), so a transaction that carried them would not be fenced.
        """
        if generation < 0 or not member_id:
            raise NotAMemberError(generation, member_id)
        made = super().__new__(cls, group_id)
        made.generation, made.member_id, made.instance = generation, member_id, instance
        return made


class NotAMemberError(Exception):
    """We are not in the group now; a rejoin follows by itself."""

    def __init__(self, generation: int, member_id: str) -> None:
        super().__init__(f"no membership: generation {generation}, member id {member_id!r}")


class RefusedError(Exception):
    """The group does not know us under the membership that the offsets carried. Its argument is Kafka's error name."""
