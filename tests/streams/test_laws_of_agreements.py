"""What holds for any agreement of the language: it can be said, what is odd in it happens, what time does is seen."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import fact as f
from schemas.groups import is_group
from schemas.mistakes import parse
from schemas.odd import oddities
from streams.changes import changes
from streams.explain import explained
from streams.handoff import meets
from streams.outlook import may_fall
from streams.rating import as_of, interest_at, turns
from streams.terms import compiled
from tests.streams.agreeing import START, toml, trees
from tests.streams.given import Event
from tests.streams.histories import EVENTS, Fold, History, folded, histories, journal, law

SCORES = {"handoff.score", "handoff.fit_min", "handoff.interest_min"}


@law
@given(trees(), trees(number=2))
def test_any_agreement_is_said_in_whole_sentences(one: Any, other: Any) -> None:
    agreement, later = parse(toml(one)), parse(toml(other))
    for section in (*explained(agreement), *changes(agreement, later)):
        for sentence in section.sentences:
            assert "{}" not in sentence.line
            line = sentence.line.replace(" ... ", " ")  # what did not change
            assert [piece for piece in ("None", "  ", "; ;", " .") if piece in line] == []
    assert changes(agreement, agreement) == []


@law
@given(trees(), st.lists(EVENTS, max_size=40))
def test_what_a_warning_says_nobody_reaches_nobody_reaches(tree: Any, events: list[Event]) -> None:
    agreement = parse(toml(tree))
    odd = {finding.key: finding.wrong for finding in oddities(agreement, START)}
    records = [event.record(0, number) for number, event in enumerate(events)]
    facts = [said.fact for said in journal(folded(compiled(agreement), records))]
    of_all_rules = [fact for fact in facts if isinstance(fact, f.HandedOver) and not fact.line]
    handed = [fact for fact in of_all_rules if fact.trigger in {"score", "grade"}]
    risen = [fact for fact in facts if isinstance(fact, f.StageMoved) and fact.why.startswith("score ")]
    if odd.keys() & SCORES:
        assert handed == []
    if odd.get("definitions.lead_score", "").startswith("no lead"):
        assert risen == []
    grades = agreement.grid.handoff if agreement.grid else ()
    barred = {grade for number, grade in enumerate(grades) if f"grid.handoff.{number}" in odd}
    assert [fact for fact in handed if fact.grade in barred] == []


@law
@given(histories())
def test_no_score_of_an_mql_falls_before_it_is_looked_at(history: History) -> None:
    terms, records = history
    fold = Fold(terms)
    for record in records:
        fold.commit().take(record)
        for lead in [lead for lead in fold.relay.drafts.values() if not is_group(lead.id)]:
            then = fold.terms_of(lead.agreement)
            if may_fall(lead, then) and meets(lead, lead.interest, then, as_of(lead)):
                ahead = turns(lead, then, as_of(lead))
                unseen = [at for at in ahead if lead.look_at is None or at < lead.look_at]
                assert all(meets(lead, interest_at(lead, then, at), then, at) for at in unseen)
