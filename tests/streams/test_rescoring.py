"""What the next version makes of a day's points, where its rules keep hits because ceilings cut across one another."""

from schemas import fact as f
from schemas.mistakes import parse
from streams.handoff import ledger
from streams.terms import compiled
from tests.streams.given import DAY, MONDAY, Story, accepted, agreed, content, given, owner, page
from tests.streams.test_versions import RESCORE_ALL, Change, text, version


def days(most: int) -> Change:
    return "[interest]\n", f"[interest]\ndaily = {{ page_viewed = {most} }}\n"


MORE_OF_PAGES = ("points = 1\nceiling = 10", "points = 5\nceiling = 50")
READS = [page(MONDAY + n) for n in range(5)]


def test_what_a_day_left_stays_when_there_are_no_days_any_more() -> None:
    story = Story(compiled(parse(text(1, 0, days(3))))).and_then(*READS, version(2, 1))
    assert (story.lead.interest, len(story.lead.hits["page read"])) == (3, 5)
    facts = story.when(page(MONDAY + 2 * DAY))
    assert facts[:2] == [
        f.DayCounted("page_viewed", 739_922, 3),
        f.HitsSettled("page read", (0, 1, 2, 3, 4), 3, 3),
    ]
    assert (story.lead.interest, story.lead.hits) == (4, {})
    assert story.and_then(page(MONDAY)).lead.interest == 4, "that day is full"


def test_what_is_told_late_of_a_day_counts_though_there_are_no_days_any_more() -> None:
    story = Story(compiled(parse(text(1, 0, days(3))))).and_then(version(2, 1), page(MONDAY + 2 * DAY), *READS)
    assert (story.lead.interest, story.lead.hits) == (4, {})
    assert story.and_then(content(MONDAY)).lead.interest == 12


def test_a_day_that_was_counted_before_has_the_ceiling_of_the_next_version() -> None:
    story = given(*READS, version(2, 1, days(3))).and_then(page(MONDAY + 2 * DAY), page(MONDAY + 9))
    assert story.lead.interest == 7, "what is told late is scored by the version of then"
    assert story.and_then(*(page(MONDAY + 2 * DAY + n) for n in range(4))).lead.interest == 9
    story = given(*READS[:2], version(2, 1, days(3)))
    assert story.and_then(*(page(MONDAY + DAY + n) for n in range(9))).lead.interest == 5


def test_hits_of_a_day_are_judged_anew_within_its_ceiling() -> None:
    later = version(2, 1, RESCORE_ALL, MORE_OF_PAGES, days(12))
    story = Story(compiled(parse(text(1, 0, days(3))))).and_then(*READS, later, accepted(MONDAY + 2 * DAY))
    assert story.lead.interest == 12


def test_what_was_settled_of_a_day_is_judged_anew_as_often_as_it_gave() -> None:
    later = version(2, 1), version(3, 3, RESCORE_ALL, MORE_OF_PAGES, days(12))
    story = Story(compiled(parse(text(1, 0, days(3))))).and_then(*READS, *later)
    assert story.and_then(accepted(MONDAY + 2 * DAY)).lead.interest == 3
    assert story.and_then(owner(MONDAY + 4 * DAY, owner="kim")).lead.interest == 15


def test_a_rule_that_counts_otherwise_leaves_what_it_gave() -> None:
    once = ("points = 1\nceiling = 10", "points = 1\nceiling = 10\nonce = true")
    story = Story(compiled(parse(text(1, 0, days(3))))).and_then(*READS, version(2, 1, once))
    assert story.and_then(page(MONDAY + 2 * DAY), page(MONDAY + 3 * DAY)).lead.interest == 4
    assert len(story.lead.hits["page read"]) == 1


def test_what_a_group_gave_stays_when_no_rule_keeps_hits_any_more() -> None:
    narrow = days(3), ("knowledge = 20", "knowledge = 2")
    story = Story(compiled(parse(text(1, 0, *narrow)))).and_then(*READS, version(2, 1))
    assert story.lead.interest == 2
    assert story.and_then(owner(MONDAY + 2 * DAY, owner="kim")).lead.interest == 2
    assert sum(entry.points for entry in ledger(story.lead, agreed())) == 2
