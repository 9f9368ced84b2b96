"""What holds for the leads of any history: handoffs, points and counts add up."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import orjson
from hypothesis import given

from schemas import fact as f
from schemas import topics
from schemas.envelope import instant
from schemas.groups import is_group
from streams.handoff import ledger
from streams.lead import Moment, evolve
from streams.row import Lead
from streams.stage import LADDER, RUNG
from streams.union import unfolded
from tests.streams.histories import Fold, History, Said, folded, histories, journal, law

SALES = {"mql", "accepted", "sql"}
"""The stages in which a lead is with sales."""


def facts(fold: Fold, *kinds: type) -> Iterator[tuple[str, Any]]:
    """Lead and fact, of these kinds, in order."""
    return ((said.lead, said.fact) for said in journal(fold) if isinstance(said.fact, kinds))


# ---- handoffs


@law
@given(histories())
def test_no_handoff_is_lost_or_doubled(history: History) -> None:
    fold = folded(*history)
    numbers: dict[str, list[int]] = defaultdict(list)
    for lead, fact in facts(fold, f.HandedOver):
        numbers[lead].append(fact.number)
    published: dict[str, list[int]] = defaultdict(list)
    for output in fold.outputs:
        if output.topic == topics.HANDOFF.name:
            packet = orjson.loads(output.value or b"")
            published[packet["lead"]].append(packet["handoff"])
    assert published == numbers
    assert all(found == sorted(set(found)) for found in numbers.values())
    assert sum(lead.handoffs for lead in [*fold.leads, *fold.groups]) == sum(map(len, numbers.values()))


@law
@given(histories())
def test_a_lead_that_is_with_sales_or_done_with_is_not_handed_over(history: History) -> None:
    stages: dict[str, str] = defaultdict(lambda: "visitor")
    before: dict[str, str] = defaultdict(lambda: "visitor")
    for lead, fact in facts(folded(*history), f.StageMoved, f.HandedOver, f.Joined, f.MemberNoted):
        if isinstance(fact, f.MemberNoted):
            stages.setdefault(lead, "lead")
        elif isinstance(fact, f.Joined):
            stages[lead] = fact.stage
        elif isinstance(fact, f.StageMoved):
            assert fact.from_stage == stages[lead]
            before[lead], stages[lead] = stages[lead], fact.to_stage
        else:
            assert stages[lead] == "mql"
            assert before[lead] in {"visitor", "contact", "lead"}


@law
@given(histories())
def test_nobody_is_handed_over_by_a_score_below_the_threshold(history: History) -> None:
    fold = folded(*history)
    again: dict[str, int] = defaultdict(int)
    for said in journal(fold):
        match said.fact:
            case f.Returned() | f.Lost() | f.Reopened():
                again[said.lead] = said.fact.again_at
            case f.Joined(former=former, history=row):
                again[said.lead] = max(again[said.lead], unfolded(former, row).again_at)
            case f.HandedOver(trigger="score", line=line):
                terms = fold.terms_of(said.agreement)
                needed = terms.named[line].handoff if line else terms.handoff_score
                reached = int(said.fact.why.split()[1])
                assert line or reached == said.fact.score
                assert reached >= max(needed, again[said.lead])
            case f.HandedOver(trigger="grade"):
                grid = fold.terms_of(said.agreement).grid
                assert grid is not None
                assert said.fact.grade in grid.handoff
                assert said.fact.score >= again[said.lead]


@law
@given(histories())
def test_nobody_is_handed_over_who_is_excluded(history: History) -> None:
    excluded: dict[str, str] = {}
    for lead, fact in facts(folded(*history), f.Excluded, f.Transferred, f.Joined, f.HandedOver):
        match fact:
            case f.Excluded(by):
                excluded[lead] = by
            case f.Transferred():
                excluded.pop(lead, None)
            case f.Joined():
                excluded.setdefault(lead, unfolded(fact.former, fact.history).excluded)
            case f.HandedOver():
                assert not excluded.get(lead)


@law
@given(histories())
def test_what_is_known_of_a_lead_agrees_with_itself(history: History) -> None:
    for lead in folded(*history).leads:
        assert lead.with_sales == (lead.stage in SALES)
        assert lead.due_at is None or (lead.stage == "mql" and lead.history[-1][0] == "mql")
        assert lead.reachable or not lead.track
        assert RUNG[lead.peak] >= RUNG.get(lead.stage, 0)
        assert lead.history[-1][0] == lead.stage
        assert lead.unanswered <= lead.attempts <= lead.attempts_of_all
        assert lead.arrived_at <= max(lead.active_at, lead.arrived_at)


@law
@given(histories())
def test_handoffs_of_a_lead_are_as_far_apart_as_agreed(history: History) -> None:
    fold, last = folded(*history), defaultdict[tuple[str, bool], int](int)
    for said in journal(fold):
        if isinstance(said.fact, f.HandedOver) and not is_group(said.lead):
            asked = said.fact.trigger == "conversion"
            rest = fold.terms_of(said.agreement).rests_ms.get("conversion", 0) if asked else 0
            assert not last[said.lead, asked] or instant(said.at) >= last[said.lead, asked] + rest
            last[said.lead, asked] = instant(said.at)


# ---- points


@law
@given(histories())
def test_the_ledger_adds_up(history: History) -> None:
    fold = folded(*history)
    for lead in fold.leads:
        sums = Counter[str]()
        for entry in ledger(lead, fold.terms_of(lead.agreement)):
            sums[entry.side] += entry.points
        assert (sums["fit"], sums["interest"]) == (lead.fit, lead.interest)


@law
@given(histories(versions=False))
def test_no_ceiling_is_exceeded(history: History) -> None:
    terms, _ = history
    book = terms.interest
    plain = {term.name: term.ceiling for theirs in book.plain.values() for term in theirs}
    ceilings = plain | {term.name: term.ceiling for term in book.by_name.values()}
    for lead in folded(*history).leads:
        entries = ledger(lead, terms)
        assert lead.fit <= terms.fit_ceiling
        assert lead.interest <= terms.interest_ceiling
        by_rule, by_group = Counter[str](), Counter[str]()
        for entry in entries:
            if entry.side == "interest" and not entry.rule.startswith("ceiling of "):
                by_rule[entry.rule] += entry.points
                by_group[book.group_of[entry.rule]] += max(entry.points, 0)
        assert all(abs(points) <= ceilings[rule] for rule, points in by_rule.items())
        for group, points in by_group.items():
            cut = sum(entry.points for entry in entries if entry.rule == f"ceiling of {group}")
            assert points + cut <= terms.interest_groups[group]
        groups = {term.name: term.group for term in terms.fit}
        of_fit = Counter[str]()
        for rule, points, *_ in lead.fits:
            of_fit[groups[rule]] += points
        assert all(points <= terms.fit_groups[group] for group, points in of_fit.items())


class Given:
    """The points that a lead's facts gave so far: by rule of fit, with when and why that was said last; interest."""

    def __init__(self) -> None:
        self.fits: dict[str, tuple[int, str, str, int, int]] = {}
        self.interest = 0

    def _join(self, other: Lead) -> None:
        self.interest += other.interest
        for rule, points, times, at, cause, detail in other.fits:
            theirs = (at, detail, cause, points, times)
            self.fits[rule] = max(theirs, self.fits.get(rule, theirs))

    def hear(self, said: Said) -> None:
        """Add up one more fact."""
        match said.fact:
            case f.Transferred():
                self.fits, self.interest = {}, 0
            case f.Joined(former=former, history=history):
                self._join(unfolded(former, history))
            case f.Profiled(_, changes):
                for rule, change, detail in changes:
                    *_, points, times = self.fits.pop(rule, (0, 0))
                    if points + change:
                        self.fits[rule] = (instant(said.at), detail, said.cause, points + change, times + 1)
            case f.Rated(points):
                self.interest = points
            case f.InterestReset(points):
                self.interest -= points
            case f.HitsSettled(_, _, points):
                self.interest += points
            case f.Acted(_, given_points) | f.InterestRescored(given_points):
                self.interest += sum(points for _, points in given_points)


@law
@given(histories())
def test_the_ledger_is_what_the_facts_gave(history: History) -> None:
    fold, leads = folded(*history), defaultdict[str, Given](Given)
    for said in journal(fold):
        leads[said.lead].hear(said)
    for lead in fold.leads:
        fit = sum(points for *_, points, _ in leads[lead.id].fits.values())
        assert (lead.fit, lead.interest) == (fit, leads[lead.id].interest)


# ---- counts


@law
@given(histories())
def test_the_funnel_adds_up(history: History) -> None:
    fold = folded(*history)
    stages = Counter(lead.stage for lead in fold.leads)
    assert {key[1]: number for key, number in fold.totals.items() if key[0] == "leads" and number} == stages
    moved = [fact for lead, fact in facts(fold, f.StageMoved) if not is_group(lead)]
    told = Counter(rung for fact in moved for rung in fact.passed)
    passed = [fold.totals["conversions", below, above] for below, above in pairwise(LADDER)]
    assert passed == [told[rung] for rung in LADDER[1:]]
    if not any(facts(fold, f.Joined)):
        reached = Counter(rung for lead in fold.leads for rung in LADDER[: RUNG[lead.peak] + 1])
        assert passed == [reached[rung] for rung in LADDER[1:]]
    arrived = sum(1 for _ in facts(fold, f.Arrived))
    assert [arrived, *passed] == sorted([arrived, *passed], reverse=True)


@law
@given(histories())
def test_the_counters_are_what_the_facts_say(history: History) -> None:
    fold = folded(*history)
    leads: dict[str, Lead] = {}
    want: Counter[tuple[str, ...]] = Counter()
    for said in journal(fold):
        month = said.at[:7]
        if not isinstance(said.fact, f.Passed | f.Forwarded):
            evolve(leads.setdefault(said.lead, Lead(said.lead)), said.fact, Moment(instant(said.at), said.cause))
        match said.fact:
            case f.Arrived():
                want["stage_entered", "visitor", leads[said.lead].source] += 1
                want["month", month, "visitor", leads[said.lead].source] += 1
            case f.StageMoved(_, to) if not is_group(said.lead):
                want["stage_entered", to, leads[said.lead].source] += 1
                want["month", month, to, leads[said.lead].source] += 1
            case f.HandedOver(_, trigger):
                want["handoffs", trigger] += 1
            case f.Returned(reason):
                want["returns", reason] += 1
            case f.DeadlineEnded(outcome):
                want["deadlines", outcome] += 1
            case f.Attempted(channel, outcome):
                want["attempts", channel, outcome] += 1
    families = {key[0] for key in want}
    assert {key: number for key, number in fold.totals.items() if key[0] in families} == want


@law
@given(histories())
def test_every_deadline_ends_at_most_once(history: History) -> None:
    fold = folded(*history)
    handed = sum(1 for _ in facts(fold, f.HandedOver))
    ended = sum(1 for _ in facts(fold, f.DeadlineEnded))
    running = sum(lead.due_at is not None for lead in [*fold.leads, *fold.groups])
    assert ended + running == handed
