"""Facts about buying groups: what a lead tells its group, and what the group knows of its members."""

from schemas.bounds import Id, Name, Points
from schemas.written import written


@written
class GroupTold:
    """The lead tells this group who it is and what it counts for there; or that it has left."""

    group: Id
    account: Name
    line: Name
    role: Name
    points: Points
    left: bool


@written
class MemberNoted:
    """The group knows what a member counts for, in place of what it knew before; or that it has left."""

    member: Id
    account: Name
    line: Name
    role: Name
    points: Points
    left: bool
