"""What holds for the fold of any history: cut, repeated, mixed, replayed."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas import fact as f
from schemas import topics
from schemas.codec import BY_TYPE, Output, plain
from schemas.envelope import REASONS, instant, opened
from streams import daily, rating
from streams.daily import DAYS_MAX
from streams.forwarding import FORMER, HEADER
from streams.funnel import Key
from streams.handoff import ledger
from streams.lead import Moment, evolve
from streams.named import scores
from streams.record import Line
from streams.relay import Relay
from streams.replay import Replay
from streams.row import Lead, pack
from streams.terms import Terms
from tests.streams.agreeing import AGREEMENTS, SCORES, crossings, interests
from tests.streams.given import DAY, MINUTE, MONDAY, OF, Event, Story, agreed, attended, fact_of, home
from tests.streams.histories import (
    EVENTS,
    LANES,
    STRANGER,
    TOLD,
    VERSION,
    Fold,
    History,
    binary,
    folded,
    histories,
    journal,
    law,
)

# ---- one end, whatever is cut, repeated or mixed


@law
@given(histories(), st.dictionaries(st.integers(0, 60), st.booleans(), max_size=8))
def test_a_lane_that_is_cut_anywhere_ends_as_one_that_is_not(history: History, cuts: dict[int, bool]) -> None:
    terms, records = history
    whole, cut = folded(terms, records), folded(terms, records, cuts)
    assert cut.rows == whole.rows
    assert cut.outputs == whole.outputs
    assert cut.totals == whole.totals
    assert cut.table == whole.table


@law
@given(AGREEMENTS, st.lists(EVENTS, min_size=10, max_size=40))
def test_a_replay_of_lines_is_what_lanes_make_of_records_in_binary_mode(terms: Terms, events: list[Event]) -> None:
    replay, lanes = Replay(terms, LANES), [Relay(lane, LANES, terms) for lane in range(LANES)]
    said = list(replay.feed([event.value() for event in events]))
    offsets = Counter[tuple[str, int]]()

    def take(record: Line) -> None:
        lane = home((record.key or b"").decode(), LANES)
        already = len(lanes[lane].outputs)
        lanes[lane].take(replace(record, partition=lane, offset=offsets[record.topic, lane]))
        offsets[record.topic, lane] += 1
        for letter in lanes[lane].outputs[already:]:
            if letter.topic == topics.LETTER.name:
                take(Line(letter.topic, 0, 0, record.timestamp, letter.key, letter.value, letter.headers))

    for event in events:
        take(binary(event.record(0, 0)))
    written = [output for lane in lanes for output in lane.harvest().outputs]
    assert _decided(written) == _decided(said)
    assert {lead.id.encode(): pack(lead) for lead in replay.leads()} == {**lanes[0].rows, **lanes[1].rows}
    assert replay.counts() == sum((Counter(dict(lane.counts.totals)) for lane in lanes), Counter[Key]())


def _decided(outputs: list[Output]) -> Counter[Output]:
    """What is refused or sent on is as it came, so in the mode in which it came."""
    as_it_came = {topics.DEADLETTER.name, topics.LETTER.name}
    return Counter(output for output in outputs if output.topic not in as_it_came)


@law
@given(histories(), st.data())
def test_a_repeated_message_changes_nothing(history: History, data: st.DataObject) -> None:
    terms, records = replace(history[0], remember=256), history[1]
    fold = Fold(terms)
    versions = sum(record.key == VERSION.encode() for record in records)
    assume(len(records) > versions)
    number = data.draw(st.integers(versions, len(records) - 1))
    again = records[number]
    fold.take(*records[:number])
    known = again.key in fold.relay.drafts
    end = fold.relay.take(again)
    fold.take(*records[number + 1 :]).commit()
    before, counted = dict(fold.rows), fold.totals
    second = fold.relay.take(replace(again, offset=1000))
    fold.commit()
    # where it is sent to its id tells that it is repeated
    sent_on = again.key == STRANGER.encode() or again.key in {lead.id.encode() for lead in fold.aliases}
    if not sent_on and (end in {"applied", "repeated"} or (end == "ignored" and known)):
        assert second == "repeated"
    if second != "applied":
        assert fold.totals - counted == Counter({("messages", again.topic, second): 1})
    if second in {"repeated", "refused"}:
        assert fold.rows == before


@law
@given(histories(), st.randoms(use_true_random=False))
def test_leads_do_not_influence_each_other(history: History, chance: Random) -> None:
    terms, records = history
    places = [record.key for record in records if record.key != VERSION.encode()]
    chance.shuffle(places)
    queues = {record.key: [each for each in records if each.key == record.key] for record in records}
    mixed = [*queues.pop(VERSION.encode(), []), *(queues[key].pop(0) for key in places)]
    one, other = folded(terms, records), folded(terms, mixed)
    assert other.rows == one.rows
    assert Counter(other.outputs) == Counter(one.outputs)
    assert other.totals == one.totals


@law
@given(histories())
def test_a_lead_is_the_fold_of_its_facts(history: History) -> None:
    fold = folded(*history)
    leads: dict[str, Lead] = {}
    for said in journal(fold):
        if not isinstance(said.fact, f.Passed | f.Forwarded | f.AgreementAdopted):
            evolve(leads.setdefault(said.lead, Lead(said.lead)), said.fact, Moment(instant(said.at), said.cause))
    folds = {lead.id: replace(lead, seen=b"", agreement=0) for lead in leads.values() if not lead.known_as}
    assert folds == {lead.id: replace(lead, seen=b"", agreement=0) for lead in [*fold.leads, *fold.groups]}


# ---- every message, every fact, every event


@law
@given(histories())
def test_every_message_has_one_end_and_leaves_a_fact_with_its_cause(history: History) -> None:
    terms, records = history
    relay = Relay(0, LANES, terms)
    ends: Counter[tuple[str, ...]] = Counter()
    for record in records:
        already = len(relay.outputs)
        end = relay.take(record)
        ends["messages", record.topic, end] += 1
        lines = [orjson.loads(each.value or b"") for each in relay.outputs[already:] if each.topic == topics.FACT.name]
        assert {line["cause"] for line in lines} == {
            f"{topics.LETTERS[record.topic]}{record.partition}-{record.offset}"
        }
        passed = [line["data"] for line in lines if line["fact"] == "passed"]
        assert [each["end"] for each in passed] == ([] if end == "applied" else [end])
        letters = [output for output in relay.outputs[already:] if output.topic == topics.DEADLETTER.name]
        assert [(letter.key, letter.value) for letter in letters] == [(record.key, record.value)] * (end == "refused")
        assert all(each["reason"] in REASONS for each in passed if end == "refused")
    assert {key: number for key, number in relay.counts.totals.items() if key[0] == "messages"} == ends


@law
@given(histories())
def test_every_event_that_is_published_keeps_its_contract(history: History) -> None:
    fold = folded(*history)
    identities = Counter()
    for output in fold.outputs:
        forwarded = any(name in {HEADER, FORMER} for name, _ in output.headers)
        if output.topic in {topics.FACT.name, topics.DEADLETTER.name} or forwarded:
            continue
        envelope = opened(output.key, output.value, output.headers)
        kind = BY_TYPE[envelope.type]
        data = kind.adapter.validate_json(output.value or b"", strict=True)
        assert plain(data) == output.value
        assert output.topic == kind.topic
        assert getattr(data, "lead", envelope.subject) == envelope.subject == (output.key or b"").decode()
        identities[envelope.id] += 1
    assert set(identities.values()) <= {1}


@law
@given(histories())
def test_every_fact_keeps_its_contract(history: History) -> None:
    for said in journal(folded(*history)):
        assert orjson.loads(orjson.dumps(said.fact)) is not None
        assert fact_of(orjson.dumps({"fact": f.NAMES[type(said.fact)], "data": said.fact})) == said.fact


# ---- whatever the order of arrival


ACTIVITIES = [(kind, data) for kind, told in TOLD.items() for data in told if OF[kind].topic == topics.ACTIVITY.name]
DEEDS = st.builds(
    lambda told, quarter: Event(*told, MONDAY + quarter * 15 * MINUTE),
    st.sampled_from([(kind, data) for kind, data in ACTIVITIES if kind != "profile_given"]),
    st.integers(0, 14 * 24 * 4),
)


FIRST, LAST = attended(MONDAY - 100 * DAY), Event("identified", {"known_as": "ada"}, MONDAY + 15 * DAY)
TOLD_LATE = st.randoms(use_true_random=False)


def in_time(deeds: list[Event], days: int = 14) -> list[Event]:
    """The deeds as they happened, within so many days."""
    early = [replace(deed, at=MONDAY + ((deed.at or 0) - MONDAY) % (days * DAY)) for deed in deeds]
    return sorted(early, key=lambda deed: deed.at or 0)


def shuffled(deeds: list[Event], chance: Random) -> list[Event]:
    mixed = list(deeds)
    chance.shuffle(mixed)
    return mixed


@law
@given(interests(), st.lists(DEEDS, max_size=30), TOLD_LATE)
def test_interest_is_the_same_in_whatever_order_it_is_told(section: Any, deeds: list[Event], chance: Random) -> None:
    terms = agreed(interest=section, scores=SCORES, handoff__conversions=[])
    told = in_time(deeds, DAYS_MAX - 1 if terms.interest.daily else 14)
    lead = Story(terms).and_then(FIRST, *told, LAST).lead
    other = Story(terms).and_then(FIRST, *shuffled(told, chance), LAST).lead
    assert (other.interest, scores(other, terms)) == (lead.interest, scores(lead, terms))


SEEN = st.builds(
    lambda told, quarter: Event(*told, MONDAY + quarter * 15 * MINUTE),
    st.sampled_from(
        [(kind, data) for kind, data in ACTIVITIES if kind in {"page_viewed", "product_used", "email_opened"}]
    ),
    st.integers(0, 14 * 24 * 4),
)


@law
@given(crossings(), st.lists(SEEN, min_size=5, max_size=40), TOLD_LATE)
def test_so_it_is_with_ceilings_of_a_day_that_others_cut_across(
    section: Any, deeds: list[Event], chance: Random
) -> None:
    terms = agreed(interest=section, scores=SCORES, handoff__conversions=[])
    told = in_time(deeds, DAYS_MAX - 1 if terms.interest.daily else 5)
    lead = Story(terms).and_then(FIRST, *told, LAST).lead
    other = Story(terms).and_then(FIRST, *shuffled(told, chance), LAST).lead
    assert scores(other, terms) == scores(lead, terms)
    assert other.interest == lead.interest == sum(entry.points for entry in ledger(other, terms))
    terms = agreed(interest=section | {"rules": section["rules"][:-1]}, scores=SCORES, handoff__conversions=[])
    told = list({deed.at: deed for deed in told}.values())  # of what happened at once some would be told late
    lead = Story(terms).and_then(*told).lead
    with pytest.MonkeyPatch.context() as patch:
        for module in (daily, rating):
            patch.setattr(module, "HITS_MAX", 3)
        other = Story(terms).and_then(*told).lead
        assert (other.interest, scores(other, terms)) == (lead.interest, scores(lead, terms)), "what is settled counts"


@law
@given(crossings(), st.lists(SEEN, min_size=5, max_size=30))
def test_no_ceiling_is_exceeded_and_who_does_more_has_no_less(section: Any, deeds: list[Event]) -> None:
    section["rules"].pop()  # which depends on time
    terms = agreed(interest=section, handoff__conversions=[])
    takes = any(rule["points"] < 0 for rule in section["rules"])
    story, before, by_day = Story(terms), 0, Counter[tuple[str, int]]()
    for deed in in_time(deeds, 3):
        story.when(deed)
        interest = story.lead.interest
        by_day[deed.kind, terms.interest.day_of(deed.at or 0)] += interest - before
        assert takes or interest >= before
        before = interest
    assert all(points <= section["daily"].get(kind, points) for (kind, _), points in by_day.items())
    given_by = Counter[str]()
    for entry in ledger(story.lead, terms):
        given_by[entry.rule] += entry.points
    assert all(given_by[rule["name"]] <= rule.get("ceiling", 10_000) for rule in section["rules"])
