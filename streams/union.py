"""How two histories become one: sums add up, the first contact is the earliest, the last word is the latest.

Nothing here depends on which of the two came first, nor, of several, on which two are joined first. Whose word counts
is therefore read off what each brought, its stage, its instants, its words, and never off who happens to be there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import accumulate, chain, count, zip_longest
from operator import attrgetter, itemgetter
from typing import get_type_hints

from pydantic import TypeAdapter, ValidationError

from schemas.bounds import Stage
from streams import folding
from streams.daily import last_days
from streams.row import DIGEST_BYTES, NAMES, Entry, Lead, lead_of, parts, plain
from streams.score import ENTRIES_OF_RULE_MAX, fold

ROW_BYTES_MAX = 4_000_000
_RISING: tuple[Stage, ...] = ("visitor", "contact", "lead", "disqualified", "mql", "accepted", "sql", "customer")
RANK: Mapping[Stage, int] = {stage: rank for rank, stage in enumerate(_RISING)}
"""Which of two stages is that of both: who was refused stays refused, unless sales have work with the other one."""
REMEMBERED = [each.name for each in fields(Lead) if each.init and each.name not in {"id", "agreement"}]
"""All but the id, and the version that decided last, which is that of the message that joins or empties the lead."""
_KINDS = get_type_hints(Lead)
_CHECK = TypeAdapter(tuple[tuple(_KINDS[name] for name in NAMES)]).validator.validate_json  # type: ignore[arg-type, misc]
"""What comes from elsewhere is looked at before it is trusted like a row of our own."""
PURSUED: Mapping[Stage, int] = {"mql": 1, "accepted": 1, "sql": 1, "customer": 2}
"""Whose attempts are those of both: a sale ends all pursuits; one that goes on counts before those that are over."""
RECYCLED = attrgetter("paused_until", "again_at", "recycle_reason", "reason_before")


def folded(lead: Lead) -> str:
    """A lead's row as a letter carries it."""
    return folding.fold(plain(lead))


def unfolded(identity: str, history: str) -> Lead:
    """The lead of such a text.

    Raises:
        ValueError: It is none, or was written in another format.
    """
    seen, array = parts(identity, folding.unfold(history, ROW_BYTES_MAX))
    try:
        _CHECK(array, strict=True)
    except ValidationError:
        message = "not a row"
        raise ValueError(message) from None
    return lead_of(identity, seen, array)


def empty(lead: Lead) -> None:
    """Forget everything that is remembered."""
    _become(lead, Lead(lead.id))


def unite(lead: Lead, other: Lead) -> None:
    """Make the lead what both were. Points are added up, ceilings left out.

    What rules decide anew of the lead of both is left as it is: its track, its exclusion, its groups, the next look.
    """
    lead.known_as = ""
    if not lead.history:
        seen = lead.seen
        _become(lead, other)
        lead.track, lead.seen = "", other.seen + seen  # the track is left under the other id
        return
    _unite_pursuit(lead, other)
    _unite_standing(lead, other)
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
    return _higher(lead, other).stage


def track_of(lead: Lead, other: Lead) -> str:
    """The nurture track of both together: that of the higher stage, where having none may have been decided."""
    return _higher(lead, other).track


def _higher(*both: Lead) -> Lead:
    return max(both, key=lambda each: (bool(each.history), RANK[each.stage], each.track))


def _unite_standing(lead: Lead, other: Lead) -> None:
    higher = _higher(lead, other)
    _, rank, lead.owner = max(_owned(lead), _owned(other))
    lead.owned_as = _RISING[rank] if lead.owner and _RISING[rank] != higher.stage else ""
    lead.history = _moves(lead, other)
    lead.stage, lead.with_sales = higher.stage, higher.with_sales
    lead.peak = max(lead.peak, other.peak, key=RANK.__getitem__)


def _owned(lead: Lead) -> tuple[bool, int, str]:
    """Who holds the one of higher stage is the owner of both, if anybody does."""
    return lead.owner != "", RANK[lead.owned_as or lead.stage], lead.owner


def _moves(*both: Lead) -> list[tuple[Stage, int]]:
    """The higher of both stages at any time, but for stages of no length.

    It is not cut to the last moves: below one that is gone a third lead might show, or not, by the order of joining.
    """
    ranks, moves = [-1 for _ in both], list[tuple[Stage, int]]()
    for at, place, rank in sorted(chain(*map(_steps, both, count())), key=itemgetter(0)):
        ranks[place] = rank
        if moves and moves[-1][1] == at:
            moves.pop()
        stage = _RISING[max(ranks)]
        if not moves or moves[-1][0] != stage:
            moves.append((stage, at))
    return moves


def _steps(lead: Lead, place: int) -> Iterator[tuple[int, int, int]]:
    """Its moves as `(at, place, rank)` in order of time; what was told late held from the move before it."""
    for at, (stage, _) in zip(accumulate((at for _, at in lead.history), max), lead.history, strict=True):
        yield at, place, RANK[stage]


def _unite_pursuit(lead: Lead, other: Lead) -> None:
    """Clocks and attempts go on; of two pursuits both count."""
    both = (lead, other)
    last = max(PURSUED.get(each.stage, 0) for each in both)
    pursued = [each for each in both if PURSUED.get(each.stage, 0) == last]
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
    lead.fits = _fits([*lead.fits, *other.fits])
    lead.fit = sum(points for _, points, *_ in lead.fits)
    lead.interest += other.interest
    lead.interests = _interests([*lead.interests, *other.interests])
    for rule, times in Counter(rule for rule, *_ in lead.interests).items():
        for _ in range(times - ENTRIES_OF_RULE_MAX):
            fold(lead.interests, rule)
    lead.forget_given()
    for rule in lead.hits | other.hits:
        hits = [*lead.hits.get(rule, ()), *other.hits.get(rule, ())]
        both = sorted(hits, key=itemgetter(1, 3, 2, 4, 0))
        last = {hit[4]: hit for hit in both if hit[4]}
        lead.hits[rule] = [hit for hit in both if not hit[4] or hit is last[hit[4]]]
    days: Counter[tuple[str, int]] = Counter()
    for activity, day, points in [*lead.days, *other.days]:
        days[activity, day] += points
    lead.days = last_days((*key, points) for key, points in days.items())


def _fits(entries: Iterable[Entry]) -> list[Entry]:
    """Of each rule the entry that was made last."""
    last = {entry[0]: entry for entry in sorted(entries, key=itemgetter(3, 5, 4, 1, 2))}
    return sorted(last.values(), key=itemgetter(3, 0))


def _interests(entries: Iterable[Entry]) -> list[Entry]:
    """In order of time; what the same cause gave by the same rule is one entry, so that this order is the only one."""
    sums: dict[tuple[int, str, str, str], tuple[int, int]] = {}
    for rule, points, times, at, cause, detail in entries:
        gave, often = sums.get((at, rule, detail, cause), (0, 0))
        sums[at, rule, detail, cause] = points + gave, times + often
    return [(rule, *sums[at, rule, detail, cause], at, cause, detail) for at, rule, detail, cause in sorted(sums)]


def _unite_profile(lead: Lead, other: Lead) -> None:
    """Of each field the word that was told last."""
    for field, value in other.profile.items():
        theirs, ours = other.told_at[field], lead.told_at.get(field, -1)
        if (theirs, str(value)) > (ours, str(lead.profile.get(field, ""))):
            lead.profile[field], lead.told_at[field] = value, theirs
