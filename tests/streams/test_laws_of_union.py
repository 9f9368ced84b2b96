"""What holds for the rows of leads that are joined: nothing of the lead of all depends on who is joined first."""

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import accumulate, permutations

from hypothesis import given as of
from hypothesis import strategies as st

from schemas.fact import Joined
from streams.lead import Moment, evolve
from streams.row import DIGEST_BYTES, Lead
from streams.stage import LADDER, RUNG
from streams.union import RANK, folded
from tests.streams.histories import law

SOON = st.integers(1, 9)
"""Few instants, amounts and words, so that leads are often alike."""
WORDS = st.sampled_from("abc")
FEW = st.integers(0, 2)
ENTRIES = st.lists(st.tuples(WORDS, SOON, SOON, SOON, WORDS, WORDS), max_size=6)
HITS = st.lists(st.tuples(SOON, SOON, WORDS, WORDS, st.sampled_from(("", "u", "v"))), max_size=4)
DAYS = st.lists(st.tuples(WORDS, SOON, SOON), max_size=9)
MARKS = st.lists(st.binary(min_size=DIGEST_BYTES, max_size=DIGEST_BYTES), max_size=3).map(b"".join)


@st.composite
def leads(draw: st.DrawFn) -> Lead:
    """Any lead, but for what rules decide anew when it is joined: its track, exclusion, groups and next look."""
    history = draw(st.lists(st.tuples(st.sampled_from([*RANK]), SOON), min_size=1, max_size=6))
    stage = history[-1][0]
    profile = draw(st.dictionaries(WORDS, st.tuples(WORDS, SOON)))
    owner = draw(st.sampled_from(("", "kim", "sam")))
    return Lead(
        draw(WORDS),
        history,
        list({entry[0]: entry for entry in draw(ENTRIES)}.values()),
        draw(ENTRIES),
        draw(st.dictionaries(WORDS, HITS)),
        draw(DAYS),
        stage=stage,
        peak=draw(st.sampled_from([each for each in LADDER if RUNG[each] >= RUNG.get(stage, 0)])),
        source=draw(WORDS),
        arrived_at=draw(SOON),
        active_at=draw(SOON),
        interest=draw(SOON),
        activity=draw(st.dictionaries(WORDS, SOON)),
        profile={field: word for field, (word, _) in profile.items()},
        told_at={field: at for field, (_, at) in profile.items()},
        with_sales=stage in {"mql", "accepted", "sql"},
        owner=owner,
        owned_as=draw(st.sampled_from(("", *RANK))) if owner else "",
        handoffs=draw(FEW),
        again_at=draw(FEW),
        pursued_at=draw(st.just(0) | SOON),
        attempts=draw(FEW),
        attempts_of_all=draw(FEW),
        unanswered=draw(FEW),
        answered=draw(st.booleans()),
        reachable=draw(st.booleans()),
        mql_at=draw(st.just(0) | SOON),
        handed_at=draw(st.dictionaries(st.sampled_from(("points", "conversion")), SOON)),
        recycles=draw(FEW),
        recycle_reason=draw(WORDS),
        reason_before=draw(WORDS),
        paused_until=draw(FEW),
        rated_at=draw(SOON),
        due_at=draw(st.none() | SOON),
        seen=draw(MARKS),
    )


def joined(lead: Lead, *others: Lead) -> Lead:
    """The lead of all, when the others are joined to it in their order."""
    *_, found = accumulate((lead, *others), _both)
    return found


def _both(lead: Lead, other: Lead) -> Lead:
    found = _copied(lead)
    evolve(found, Joined(other.id, "merged", "", other.stage, folded(other)), Moment(99, ""))
    return found


def _copied(lead: Lead) -> Lead:
    found = Lead("")
    evolve(found, Joined(lead.id, "merged", "", lead.stage, folded(lead)), Moment(99, ""))
    return replace(found, id=lead.id)


def differing(found: Sequence[Lead]) -> set[str]:
    """What these leads do not have in common, but for their names, and the order in which they know messages."""
    first, *others = [replace(each, id="", seen=b"".join(sorted(_marks(each)))) for each in found]
    names = [each.name for each in fields(Lead) if each.compare]
    return {name for other in others for name in names if getattr(first, name) != getattr(other, name)}


def _marks(lead: Lead) -> list[bytes]:
    return [lead.seen[at : at + DIGEST_BYTES] for at in range(0, len(lead.seen), DIGEST_BYTES)]


@law
@of(leads(), leads(), leads())
def test_three_leads_are_the_same_lead_in_whatever_order_they_are_joined(one: Lead, two: Lead, three: Lead) -> None:
    orders = list(permutations((one, two, three)))
    ends = [joined(*order) for order in orders] + [joined(a, joined(b, c)) for a, b, c in orders]
    assert differing(ends) == set()
    assert ends[0].history[-1][0] == ends[0].stage


@law
@of(leads(), leads(), leads(), leads())
def test_and_so_are_four(one: Lead, two: Lead, three: Lead, four: Lead) -> None:
    orders = list(permutations((one, two, three, four)))
    pairs = [joined(joined(a, b), joined(c, d)) for a, b, c, d in orders]
    ends = [joined(a, joined(b, joined(c, d))) for a, b, c, d in orders]
    assert differing([joined(*order) for order in orders] + pairs + ends) == set()
