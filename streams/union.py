"""How two histories become one: sums add up, the first contact is the earliest, the last word is the latest.

Nothing here depends on which of the two came first, so that leads may be joined in any order.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from itertools import zip_longest
from operator import attrgetter, itemgetter
from typing import get_type_hints

from pydantic import TypeAdapter, ValidationError

from schemas.bounds import Stage
from streams import folding
from streams.row import DIGEST_BYTES, HEADER, HISTORY_MAX, NAMES, Lead, body_of, pack, unpack
from streams.score import DAYS_MAX, ENTRIES_OF_RULE_MAX, fold
from streams.timed import by_time

ROW_BYTES_MAX = 4_000_000
_RISING: tuple[Stage, ...] = ("visitor", "contact", "lead", "disqualified", "mql", "accepted", "sql", "customer")
RANK: Mapping[Stage, int] = {stage: rank for rank, stage in enumerate(_RISING)}
"""Which of two stages is that of both: who was refused stays refused, unless sales have work with the other one."""
REMEMBERED = [each.name for each in fields(Lead) if each.init and each.name not in {"id", "agreement"}]
"""All but the id, and the version that decided last, which is that of the message that joins or empties the lead."""
_KINDS = get_type_hints(Lead)
_CHECK = TypeAdapter(tuple[tuple(_KINDS[name] for name in NAMES)]).validator.validate_json  # type: ignore[arg-type, misc]
"""What comes from elsewhere is looked at before it is trusted like a row of our own."""
RECYCLED = attrgetter("paused_until", "again_at", "recycle_reason", "reason_before")


def folded(lead: Lead) -> str:
    """A lead's row as a letter carries it."""
    return folding.fold(pack(lead))


def unfolded(identity: str, history: str) -> Lead:
    """The lead of such a text.

    Raises:
        ValueError: It is none, or was written in another format.
    """
    row = folding.unfold(history, ROW_BYTES_MAX)
    if len(row) < HEADER.size:
        message = "cut off, or too long"
        raise ValueError(message)
    try:
        _CHECK(body_of(identity, row), strict=True)
    except ValidationError:
        message = "not a row"
        raise ValueError(message) from None
    return unpack(identity, row)


def empty(lead: Lead) -> None:
    """Forget everything that is remembered."""
    _become(lead, Lead(lead.id))


def unite(lead: Lead, other: Lead, at: int) -> None:
    """Make the lead what both were, as of an instant (ms since the epoch). Points are added up, ceilings left out."""
    lead.known_as = ""
    if not lead.history:
        seen = lead.seen
        _become(lead, other)
        lead.track, lead.seen = "", other.seen + seen  # the track is left under the other id
        return
    _unite_pursuit(lead, other)
    _unite_standing(lead, other, at)
    _unite_points(lead, other)
    _unite_profile(lead, other)
    for activity, times in other.activity.items():
        lead.activity[activity] = lead.activity.get(activity, 0) + times
    lead.arrived_at, lead.source = min((each.arrived_at, each.source) for each in (lead, other))
    lead.active_at, lead.rated_at = max(lead.active_at, other.active_at), max(lead.rated_at, other.rated_at)
    lead.reachable &= other.reachable
    lead.seen = _seen(other, lead)


def _seen(*both: Lead) -> bytes:
    """The digests of both by turns, so that of either the last ones are remembered longest."""
    last = (reversed(_digests(each.seen)) for each in both)
    return b"".join(b"".join(pair) for pair in reversed(list(zip_longest(*last, fillvalue=b""))))


def _digests(seen: bytes) -> list[bytes]:
    return [seen[start : start + DIGEST_BYTES] for start in range(0, len(seen), DIGEST_BYTES)]


def _become(lead: Lead, other: Lead) -> None:
    for each in REMEMBERED:
        setattr(lead, each, getattr(other, each))
    lead.forget_given()


def stage_of(lead: Lead, other: Lead) -> Stage:
    """The stage of both together."""
    return _by_stage(lead, other)[1].stage


def track_of(lead: Lead, other: Lead) -> str:
    """The nurture track of both together; that of the lower stage ends with a sale, or when sales refused the lead."""
    lower, higher = _by_stage(lead, other)
    return higher.track or (lower.track if higher.stage not in {"disqualified", "customer"} else "")


def _by_stage(lead: Lead, other: Lead) -> list[Lead]:
    return sorted((lead, other), key=lambda each: (bool(each.history), RANK[each.stage], each.track))


def _owner(*both: Lead) -> str:
    """Who holds the one of higher stage, if anybody does."""
    return max(both, key=lambda each: (each.owner != "", RANK[each.stage], each.owner)).owner


def _unite_standing(lead: Lead, other: Lead, at: int) -> None:
    higher, owner = _by_stage(lead, other)[1], _owner(lead, other)
    moves = _moves(lead, other)
    if moves[-1][0] != higher.stage:
        moves.append((higher.stage, max(at, moves[-1][1])))
    lead.history = moves[-HISTORY_MAX:]
    lead.stage, lead.owner, lead.with_sales = higher.stage, owner, higher.with_sales
    lead.peak = max(lead.peak, other.peak, key=RANK.__getitem__)


def _moves(lead: Lead, other: Lead) -> list[tuple[Stage, int]]:
    """The stage moves of both in order of time; of a visitor and a contact, which nobody becomes again, the first."""
    found: dict[object, tuple[Stage, int]] = {}
    for move in sorted([*lead.history, *other.history], key=itemgetter(1)):
        found.setdefault(move[0] if move[0] in {"visitor", "contact"} else move, move)
    return list(found.values())


def _unite_pursuit(lead: Lead, other: Lead) -> None:
    """Clocks and attempts go on; of two pursuits both count."""
    both = (lead, other)
    pursued = [each for each in both if each.with_sales] or both
    lead.pursued_at = min((each.pursued_at for each in pursued if each.pursued_at), default=0)
    lead.attempts, lead.unanswered = sum(each.attempts for each in pursued), sum(each.unanswered for each in pursued)
    lead.answered = any(each.answered for each in pursued)
    lead.due_at = min((each.due_at for each in both if each.due_at is not None), default=None)
    for trigger, at in other.handed_at.items():
        lead.handed_at[trigger] = max(at, lead.handed_at.get(trigger, 0))
    lead.mql_at = min((each.mql_at for each in both if each.mql_at), default=0)
    lead.attempts_of_all += other.attempts_of_all
    lead.handoffs += other.handoffs
    lead.recycles += other.recycles
    lead.paused_until, lead.again_at, lead.recycle_reason, lead.reason_before = max(map(RECYCLED, both))


def _unite_points(lead: Lead, other: Lead) -> None:
    known = {rule for rule, *_ in lead.fits}
    lead.fits += [entry for entry in other.fits if entry[0] not in known]
    lead.fit = sum(points for _, points, *_ in lead.fits)
    lead.interest += other.interest
    lead.interests = sorted([*lead.interests, *other.interests], key=itemgetter(3, 0, 5, 4))
    for rule, times in Counter(rule for rule, *_ in lead.interests).items():
        for _ in range(times - ENTRIES_OF_RULE_MAX):
            fold(lead.interests, rule)
    lead.forget_given()
    for rule, hits in other.hits.items():
        both = sorted([*lead.hits.get(rule, ()), *hits], key=attrgetter("at", "detail", "cause"))
        lead.hits[rule] = by_time({hit.value or n: hit for n, hit in enumerate(both)}.values())
    days: Counter[tuple[str, int]] = Counter()
    for activity, day, points in [*lead.days, *other.days]:
        days[activity, day] += points
    lead.days = sorted(((*key, points) for key, points in days.items()), key=itemgetter(1, 0))[-DAYS_MAX:]


def _unite_profile(lead: Lead, other: Lead) -> None:
    """Of each field the word that was told last."""
    for field, value in other.profile.items():
        theirs, ours = other.told_at[field], lead.told_at.get(field, -1)
        if (theirs, str(value)) > (ours, str(lead.profile.get(field, ""))):
            lead.profile[field], lead.told_at[field] = value, theirs
