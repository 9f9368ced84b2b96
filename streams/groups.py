"""Buying groups: leads of one account tell their group who they are, and the group is handed over as one.

A group is a row like a lead's, in the lane of its own id. Its interest is the sum of what its members count for, and
each of them is an entry of its ledger; sales accept it, return it and win it like a lead.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from schemas import fact as f
from schemas.codec import Message
from schemas.envelope import rfc3339
from schemas.groups import MEMBERS_MAX, PREFIX
from schemas.handoff import GroupHandoffRequested, GroupMember
from streams.handoff import BY_SCORE
from streams.named import interest_of
from streams.rating import as_of
from streams.row import Lead
from streams.stage import moved
from streams.terms import GroupTerms, Terms

ACCOUNT_LENGTH_MAX = 80


class Membership(NamedTuple):
    """What a lead is in a group, and what it counts for there."""

    account: str
    line: str
    role: str
    points: int


GONE = Membership("", "", "", 0)


def tell(lead: Lead, terms: Terms) -> Iterator[f.Fact]:
    """Tell each group of this lead what it counts for there, where that has changed."""
    wanted = dict(_memberships(lead, terms))
    for group in [*lead.groups]:
        if group not in wanted:
            yield f.GroupTold(group, *GONE, left=True)
    for group, member in wanted.items():
        if lead.groups.get(group) != (member.role, member.points):
            yield f.GroupTold(group, *member, left=False)


def leave(lead: Lead) -> Iterator[f.Fact]:
    """Leave all groups: the lead goes on under another id."""
    for group in [*lead.groups]:
        yield f.GroupTold(group, *GONE, left=True)


def _memberships(lead: Lead, terms: Terms) -> Iterator[tuple[str, Membership]]:
    """The groups of this lead by their ids."""
    groups = terms.groups
    account = _plain(str(lead.profile.get(groups.account, ""))) if groups else ""
    if groups and account and not lead.excluded and lead.stage != "disqualified":
        role, weight = _role(lead, groups)
        for line in groups.lines or ("",):
            group = f"{PREFIX}{line}/{account}" if line else PREFIX + account
            interest = interest_of(lead, terms, line) if line else lead.interest
            points = weight * max(0, min(interest, groups.member_ceiling)) // 100
            yield group, Membership(account, line, role, points)


@lru_cache(maxsize=10_000)
def _plain(told: str) -> str:
    """The name of an account however it is written: without case, odd spaces, or what can't be seen."""
    folded = normalize("NFKC", normalize("NFKC", told).casefold())
    seen = "".join(each for each in folded if each.isprintable() or each.isspace())
    return " ".join(seen.split())[:ACCOUNT_LENGTH_MAX].strip()


def _role(lead: Lead, groups: GroupTerms) -> tuple[str, int]:
    fitting = (role for role in groups.roles if role.matches(lead.profile.get(role.field)))
    return next(((role.name, role.weight) for role in fitting), ("", groups.others))


def remember_told(lead: Lead, fact: f.GroupTold) -> None:
    """What the lead's groups know of it."""
    if fact.left:
        lead.groups.pop(fact.group, None)
    else:
        lead.groups[fact.group] = (fact.role, fact.points)


def remember_member(group: Lead, fact: f.MemberNoted, at: int, cause: str) -> None:
    """A member's entry in the group's ledger, in place of the one before."""
    if not group.history:
        group.history, group.stage, group.peak = [("lead", at)], "lead", "lead"
        group.arrived_at, group.reachable = at, False
    if not fact.left:
        group.profile = {"account": fact.account, "line": fact.line}
    group.active_at = max(group.active_at, at)
    others = [entry for entry in group.interests if entry[5] != fact.member]
    entry = (fact.role, fact.points, 1, at, cause, fact.member)
    group.interests = others if fact.left else [*others, entry]
    group.interest = sum(points for _, points, *_ in group.interests)
    group.forget_given()


def hear(group: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """A member tells what it counts for; the group may be handed over by it."""
    data = message.data
    yield f.MemberNoted(data.member, data.account, data.line, data.role, data.points, data.left)
    if len(group.interests) > MEMBERS_MAX:
        yield f.MemberNoted(_least(group, terms), *GONE, left=True)
    yield from _rise(group, message, terms)


def look_again(group: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    """The group has rested: hand it over if it has enough."""
    yield f.Rated(group.interest, max(as_of(group), message.at))
    yield from _rise(group, message, terms)


def _rise(group: Lead, message: Message, terms: Terms) -> Iterator[f.Fact]:
    now = max(as_of(group), message.at)
    why = _reached(group, terms, now)
    if why:
        due_at = terms.hours.after(message.at, terms.response_ms)
        yield moved(group, "mql", "agreement", why)
        yield f.HandedOver(group.handoffs + 1, "group", "", "", group.score, why, due_at)
    rests = now < group.paused_until and _reached(group, terms, group.paused_until)
    look_at = group.paused_until if rests else None
    if look_at != group.look_at:
        yield f.LookPlanned(look_at)


def _least(group: Lead, terms: Terms) -> str:
    """Who of too many is let go: who counts least and told so longest ago, and has no role that the group needs."""
    required = terms.groups.required if terms.groups else ()
    return min(group.interests, key=lambda entry: (entry[0] in required, entry[1]))[5]


def _reached(group: Lead, terms: Terms, at: int) -> str:
    """Why the group is handed over now; empty when it is not."""
    groups = terms.groups
    if groups is None or group.stage not in BY_SCORE or at < group.paused_until:
        return ""
    needed = max(groups.score or 0, group.again_at)
    if groups.score is not None and group.score >= needed:
        return f"Score {group.score} of {_people(len(group.interests))}; {needed} are needed."
    filled = completeness(group, groups)
    if groups.completeness is not None and filled >= groups.completeness and not group.recycles:
        return f"{filled} % of the roles are filled; {groups.completeness} % are needed."
    return ""


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"


def completeness(group: Lead, groups: GroupTerms) -> int:
    """The share of the required roles that are filled, in whole percent; 0 when none is required."""
    required = groups.required
    return 100 * (len(required) - len(missing(group, groups))) // len(required) if required else 0


def missing(group: Lead, groups: GroupTerms) -> tuple[str, ...]:
    """The required roles that nobody has."""
    have = {role for role, *_ in group.interests}
    return tuple(role for role in groups.required if role not in have)


def packet(group: Lead, fact: f.HandedOver, terms: Terms) -> GroupHandoffRequested:
    """What sales get to know of a group: why now, who belongs to it, and who is missing."""
    groups = terms.groups
    members = (GroupMember(lead=member, role=role, points=points) for role, points, _, _, _, member in group.interests)
    return GroupHandoffRequested(
        lead=group.id,
        account=str(group.profile["account"]),
        line=str(group.profile["line"]),
        handoff=fact.number,
        why=fact.why,
        score=group.score,
        completeness=completeness(group, groups) if groups else 0,
        missing=missing(group, groups) if groups else (),
        members=tuple(members),
        recycled=group.recycles,
        recycle_reason=group.recycle_reason,
        owner=group.owner,
        respond_by=rfc3339(fact.due_at),
        attempts_max=terms.attempts_max,
        agreement=terms.number,
    )
