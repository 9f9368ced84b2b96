"""Versions that are published while a lane works: which of them decides what, and what it makes of older points."""

import re
from base64 import b64encode
from dataclasses import replace
from importlib.resources import files

import orjson
import pytest

from schemas import fact as f
from schemas.mistakes import parse
from schemas.topics import FACT, LETTER
from streams.handoff import ledger
from streams.relay import Relay
from streams.terms import compiled
from streams.versions import ROW, Versions, folded, unfolded
from tests.streams.given import (
    DAY,
    HOT,
    MONDAY,
    Event,
    Story,
    accepted,
    agreed,
    boss,
    content,
    demo,
    given,
    kinds,
    owner,
    page,
)
from tests.streams.house import BOB, identified

DEFAULT = (files("schemas") / "agreement.toml").read_text("utf-8")
Change = tuple[str, str]
SCORE_20 = ("score = 60 ", "score = 20 ")
RESCORE_FIT = ("[agreement]\n", '[agreement]\nrescore = "fit"\n')
RESCORE_ALL = ("[agreement]\n", '[agreement]\nrescore = "all"\n')
LESS_FIT = ("points = 25\n\n[[fit.rules]]", "points = 5\n\n[[fit.rules]]")
CONTENT = "points = 8\nceiling = 24"
MORE_CONTENT = (CONTENT, "points = 20\nceiling = 24")
TIMED = (CONTENT, f"{CONTENT}\nwithin_days = 20")
SILENCE = '[[interest.rules]]\nname = "quiet"\non = "form_submitted"\npoints = 7\nwithin_days = 1\ntimes = { max = 0 }'
QUIET = ("[[interest.rules]]", f"{SILENCE}\n\n[[interest.rules]]")
GONE = ('name = "content taken"', 'name = "paper taken"')


def text(number: int, day: float, *changes: Change) -> str:
    """The default agreement as another version, which begins so many days after MONDAY."""
    begins = f"2026-11-{2 + int(day):02}T{9 + round(day % 1 * 24):02}:00:00Z"
    found = re.sub(r"(?m)^number = 1", f"number = {number}", DEFAULT)
    found = re.sub(r"(?m)^effective_from = \S+", f"effective_from = {begins}", found)
    for old, new in changes:
        assert old in found
        found = found.replace(old, new, 1)
    return found


def letter(document: str, number: int = 2) -> Event:
    return Event("agreement_published", {"number": number, "document": document, "by": "maria"}, MONDAY, "agreement")


def version(number: int, day: float, *changes: Change) -> Event:
    return letter(folded(text(number, day, *changes)), number)


def test_what_happens_from_its_beginning_on_is_decided_by_a_version() -> None:
    story = given(boss(MONDAY), version(2, 1, SCORE_20))
    assert kinds(story.when(page(MONDAY + DAY - 1)))[-1] == "acted"
    assert "handed_over" in kinds(story.when(page(MONDAY + DAY)))
    assert story.lead.agreement == 2


def test_a_lane_tells_that_it_knows_a_version() -> None:
    story = Story()
    facts = story.when(version(2, 1))
    assert facts == [f.AgreementAdopted(2, "Marketing and sales, first version", MONDAY + DAY)]
    assert story.end == "applied"


@pytest.mark.parametrize(("known", "told"), [((2, 1), (2, 1)), ((3, 1), (2, 2)), ((2, 1), (1, 3))])
def test_a_version_that_is_known_is_ignored(known: tuple[int, float], told: tuple[int, float]) -> None:
    story = given(version(*known))
    assert kinds(story.when(version(*told))) == ["passed"]
    assert story.end == "ignored"


@pytest.mark.parametrize(
    "document",
    ["abc", b64encode(b"not compressed").decode(), folded("no = toml ="), folded(DEFAULT)[:400]],
)
def test_a_document_that_is_no_agreement_is_refused(document: str) -> None:
    story = given(letter(document))
    assert story.end == "refused"
    assert not story.relay.versions


def test_a_version_that_begins_before_one_that_is_known_is_refused() -> None:
    story = given(version(2, 2), version(3, 1))
    assert story.end == "refused"
    assert story.relay.versions.latest(agreed()).number == 2


def test_a_document_may_not_be_a_bomb() -> None:
    with pytest.raises(ValueError, match="too long"):
        unfolded(folded("#" * 2_000_000))
    assert unfolded(folded(DEFAULT)) == DEFAULT


def test_what_is_told_late_is_scored_by_the_version_of_then_and_judged_by_that_of_now() -> None:
    """Page views give 1 point, and from Tuesday on 5."""
    story = given(version(2, 1, ("points = 1\nceiling = 10", "points = 5\nceiling = 50")), page(MONDAY + 2 * DAY))
    assert story.lead.interest == 5
    (acted, *_) = story.when(page(MONDAY))
    assert acted == f.Acted("page_viewed", (("page read", 1),), "https://example.com/blog")
    assert (story.lead.interest, story.lead.agreement) == (6, 2)
    assert b'"agreement":1,' in (story.outputs[0].value or b"")


def test_points_that_were_given_are_not_rewritten() -> None:
    story = given(*HOT, version(2, 1, LESS_FIT, MORE_CONTENT)).and_then(page(MONDAY + 2 * DAY))
    assert (story.lead.fit, story.lead.interest) == (45, 21)


def test_fit_is_judged_anew_if_the_version_says_so() -> None:
    story = given(*HOT, version(2, 1, RESCORE_FIT, LESS_FIT, MORE_CONTENT))
    facts = story.when(accepted(MONDAY + 2 * DAY))
    assert facts[0] == f.Profiled({}, (("decision maker", -20, "VP"),))
    assert (story.lead.fit, story.lead.interest) == (25, 20)
    assert "profiled" not in kinds(story.when(page()))


def test_all_points_are_judged_anew_if_the_version_says_so() -> None:
    story = given(*HOT, content(), version(2, 1, RESCORE_ALL, LESS_FIT, MORE_CONTENT))
    assert story.lead.interest == 28
    facts = story.when(page(MONDAY + 2 * DAY))
    assert f.InterestRescored((("content taken", 8),), ()) in facts
    assert (story.lead.fit, story.lead.interest) == (25, 37)
    assert sum(entry.points for entry in ledger(story.lead, agreed())) == story.lead.score


def test_who_keeps_its_points_hears_nothing_of_being_judged_anew() -> None:
    assert kinds(given(*HOT, version(2, 1, RESCORE_ALL)).when(page(MONDAY + 2 * DAY))) == ["acted"]


def test_a_rule_that_is_gone_takes_its_points_with_it_if_all_is_judged_anew() -> None:
    story = given(*HOT, version(2, 1, RESCORE_ALL, GONE)).and_then(page(MONDAY + 2 * DAY))
    assert [rule for rule, *_ in story.lead.interests] == ["event attended", "page read"]
    assert story.lead.interest == 13


def test_a_rule_that_depends_on_time_and_is_gone_leaves_what_it_gave() -> None:
    story = Story(compiled(parse(text(1, 0, TIMED)))).and_then(content(MONDAY), version(2, 1, GONE))
    assert (story.lead.interest, len(story.lead.hits)) == (8, 1)
    facts = story.when(page(MONDAY + 2 * DAY))
    assert f.HitsSettled("content taken", (0,), 8) in facts
    assert (story.lead.interest, story.lead.hits) == (9, {})


def test_hits_are_judged_anew_too() -> None:
    more = (CONTENT, "points = 20\nceiling = 24\nwithin_days = 20")
    story = Story(compiled(parse(text(1, 0, TIMED)))).and_then(content(MONDAY), version(2, 1, RESCORE_ALL, more))
    facts = story.when(accepted(MONDAY + 2 * DAY))
    assert f.InterestRescored((), (("content taken", 20),)) in facts
    assert f.Rated(20, MONDAY) in facts
    assert story.lead.interest == 20


def test_a_lead_is_not_judged_by_an_earlier_version_again() -> None:
    story = given(boss(MONDAY), version(2, 1, RESCORE_FIT, LESS_FIT), owner(MONDAY + 2 * DAY, owner="kim"))
    assert story.lead.fit == 25
    story.and_then(page(MONDAY + DAY // 2))
    assert (story.lead.agreement, story.lead.interest) == (2, 1)
    assert kinds(story.when(owner(MONDAY + 3 * DAY, owner="sam"))) == ["owner_changed"]


def test_silence_that_no_rule_asks_for_any_more_gives_nothing() -> None:
    story = Story(compiled(parse(text(1, 0, QUIET)))).and_then(page(MONDAY), page(MONDAY + DAY))
    assert story.lead.interest == 2 + 7
    story.and_then(version(2, 2), page(MONDAY + 2 * DAY))
    assert story.lead.interest == 3


def test_a_lead_of_a_version_that_nobody_knows_any_more_goes_on() -> None:
    story = given(content(MONDAY))
    story.relay.terms = replace(agreed(), number=9)
    assert story.and_then(page()).lead.interest == 9


def test_a_lane_that_is_restored_knows_its_versions() -> None:
    story = given(boss(MONDAY), version(2, 1, SCORE_20), version(3, 3))
    harvest = story.relay.harvest()
    again = Relay(0, 1, agreed())
    for key, row in harvest.rows:
        again.restore(key, row)
    assert again.versions.row() == dict(harvest.rows)[ROW]
    in_force = [again.versions.in_force(agreed(), MONDAY + round(day * DAY)).number for day in (0, 0.9, 1, 3)]
    assert in_force == [1, 1, 2, 3]
    assert ROW not in dict(story.relay.harvest().rows)


def test_a_base_that_has_caught_up_leaves_older_versions_out() -> None:
    row = dict(given(version(2, 1), version(3, 2)).relay.harvest().rows)[ROW]
    caught_up, versions = replace(agreed(), number=2), Versions()
    versions.restore(caught_up, row or b"")
    assert versions.latest(caught_up).number == 3
    assert versions.in_force(caught_up, MONDAY) is caught_up


def test_what_an_mql_did_for_a_rule_that_is_gone_is_told_late_and_plans_no_look() -> None:
    tell, fades = ("score = 60 ", 'falls = "tell"\nscore = 60 '), (CONTENT, f"{CONTENT}\ndecay.percent_a_month = 100")
    first = compiled(parse(text(1, 0, tell, fades)))
    story = given(*HOT, content(MONDAY + DAY), terms=first).and_then(version(2, 3, tell, fades, GONE))
    looked_at = story.lead.look_at
    assert looked_at is not None
    story.remind(MONDAY + 2 * DAY)
    story.remind(looked_at + DAY)
    assert (story.lead.agreement, story.lead.rated_at, story.lead.look_at) == (2, looked_at, None)
    late = content(MONDAY + 2 * DAY)
    assert next(fact for fact in story.when(late) if isinstance(fact, f.Acted)).hits == (("content taken", 8, ""),)
    assert story.lead.look_at is None


def test_a_deadline_has_the_grace_of_the_latest_version() -> None:
    story = given(version(2, 0.125, ("grace_minutes = 15", "grace_minutes = 60")), demo(MONDAY + DAY))
    assert story.relay.wakes_at() == (story.lead.due_at or 0) + 60 * 60_000


def test_hits_of_a_rule_that_is_gone_may_stay_behind_when_nobody_knows_the_version_before() -> None:
    story = Story(compiled(parse(text(1, 0, TIMED)))).and_then(content(MONDAY))
    story.relay.terms = compiled(parse(text(3, 1, RESCORE_ALL, GONE)))
    assert story.and_then(page(MONDAY + 2 * DAY)).lead.interest == 1
    assert list(story.lead.hits) == ["content taken"]


@pytest.mark.parametrize("change", [GONE, MORE_CONTENT])
def test_a_history_that_joins_is_made_one_of_the_lead_s_version_first(change: Change) -> None:
    read = [content(MONDAY, BOB), content(MONDAY, BOB, asset="case")]
    name, late = identified(BOB, "ada", MONDAY + DAY), page(MONDAY + 3 * DAY)
    told = given(version(2, 2, TIMED), version(3, 2.5, change, RESCORE_ALL), *read, late, name)
    assert kinds(told.deliver([each for each in told.outputs if each.topic == LETTER.name], MONDAY + 3 * DAY))
    assert told.lead.agreement == 3
    assert (
        sum(entry.points for entry in ledger(told.lead, told.relay.versions.latest(told.relay.terms)))
        == told.lead.score
    )


def test_a_message_that_changes_nothing_carries_the_version_of_its_time() -> None:
    story = given(page(), version(2, 2))
    again = page(MONDAY + 3 * DAY)
    story.and_then(again, again)
    told = [orjson.loads(output.value or b"") for output in story.outputs]
    assert [(line["fact"], line["agreement"]) for line in told] == [("passed", 2)]
    story.take(replace(page(MONDAY + 3 * DAY).record(0, 99), value=b"junk"))
    told = [orjson.loads(output.value or b"") for output in story.outputs if output.topic == FACT.name]
    assert [(line["fact"], line["agreement"]) for line in told] == [("passed", 2)]


def test_a_history_says_by_which_version_it_was_judged() -> None:
    more = (QUIET[0], f'{QUIET[0]}\nname = "named"\non = "identified"\npoints = 7\n\n{QUIET[0]}')
    less = (more[0], more[1].replace("points = 7", "points = 5"))
    versions = version(2, 1, RESCORE_ALL, more), version(3, 3, RESCORE_ALL, less)
    told = given(*versions, page(MONDAY + 4 * DAY), identified(BOB, "ada", MONDAY + 2 * DAY))
    told.deliver([each for each in told.outputs if each.topic == LETTER.name], MONDAY + 4 * DAY)
    assert told.lead.given == {"page read": 1, "named": 5}


def test_nobody_is_judged_by_an_earlier_version_for_being_joined_to() -> None:
    judged = given(version(2, 1, LESS_FIT), boss(MONDAY + 2 * DAY, BOB))
    fit = judged.relay.lead(BOB.encode()).fit
    judged.when(identified(BOB, "ada", MONDAY))
    judged.deliver([each for each in judged.outputs if each.topic == LETTER.name], MONDAY + 4 * DAY)
    assert (judged.lead.agreement, judged.lead.fit) == (2, fit)
