"""Scores by name, and buying groups: the people of one account who decide together."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from schemas.bounds import Name
from schemas.words import Ceiling, Rule, Section, Word, Words

PREFIX = "group:"
"""How the id of a buying group begins; no lead's id does."""
MEMBERS_MAX = 500
"""A group knows so many of its members: its row and its packet, of the longest names, stay below what Kafka takes."""
WEIGHTS: Mapping[str, int] = {"vital": 100, "important": 80, "normal": 60, "minor": 40, "trivial": 20}
"""Weights by their names, in percent."""
Weight = Literal["vital", "important", "normal", "minor", "trivial"] | Annotated[int, Field(ge=0, le=1000)]


class NamedScore(Section):
    """A score of its own beside that of all rules, as for a product line."""

    name: Word
    handoff: Ceiling
    """Fit + interest, by rules of this score and rules of none, that hands a lead over."""


class Role(Section):
    """What somebody is in a buying group, told by the profile; the first role that fits is taken."""

    name: Rule
    field: Name
    """A field of the profile that is a word, like `seniority`."""
    one_of: Annotated[Words, Field(min_length=1)]
    """Any of these, without case; `*` stands for any text."""
    weight: Weight = "normal"
    """How much of a member's interest counts for the group: a word, or percent."""
    required: bool = False
    """Whether a group is not complete without one."""


class BuyingGroups(Section):
    """Leads of one account form a group, which is handed over as one, with all its members."""

    account: Name = "account"
    """The field of the profile that names the account, like `account`, `company` or `email_domain`."""
    lines: Annotated[list[Word], Field(max_length=50)] = []
    """A group for each of these named scores; empty for one group an account."""
    roles: Annotated[list[Role], Field(max_length=50)]
    others: Weight = "normal"
    """The weight of members without a role."""
    member_ceiling: Ceiling = 100
    """So much of one member's interest counts at most, before it is weighted."""
    score: Ceiling | None = None
    """The group's score that hands it over."""
    completeness: Annotated[int, Field(ge=1, le=100)] | None = None
    """The share of the required roles that are filled, in percent, that hands it over."""


def is_group(identity: str) -> bool:
    """Whether this id is that of a buying group."""
    return identity.startswith(PREFIX)


def percent(weight: str | int) -> int:
    """A weight in percent."""
    return WEIGHTS[weight] if isinstance(weight, str) else weight
