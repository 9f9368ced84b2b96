"""What a rule's conditions mean."""

from typing import Any

import pytest

from schemas.activity import ContentDownloaded, EventAttended, PageViewed
from streams.match import remembering
from streams.terms import Terms
from tests.streams.given import agreed


def interest_rule(on: str, **where: Any) -> Terms:
    return agreed(interest__rules=[{"name": "r", "on": on, "where": where, "points": 1}])


def fit_rule(field: str, **condition: Any) -> Terms:
    return agreed(fit__rules=[{"name": "r", "field": field, "points": 1, **condition}])


@pytest.mark.parametrize(
    ("wanted", "url", "matches"),
    [
        ("*pricing*", "https://example.com/Pricing?plan=1", True),
        ("*pricing*", "https://example.com/price", False),
        ("*pricing*", "line\npricing\nline", True),
        ("*PRICING*", "/Pricing", True),
        ("*pricing*", "/größe/pricing", True),
        ("*pricing*", "/größe/prices", False),
        ("*größe*", "/GRÖSSE", False),
        ("*größe*", "/GRÖßE", True),
        ("*a*b*", "xaxbx", True),
        ("*a*b*", "xa*bx", True),
        ("*a*b*", "xbxax", False),
        ("*", "", True),
        ("**", "", True),
        (["*a*", "*b*"], "xb", True),
        ("*k*", "\u212a", True),
        ("/a.c", "/abc", False),
        ("/a.c", "/a.c", True),
        ("/start*end", "/start-and-end", True),
        ("/start*end", "/start-and-end/", False),
        (["/a", "/b*"], "/a", True),
        (["/a", "/b*"], "/bcd", True),
        (["/a", "/b*"], "/acd", False),
    ],
)
def test_a_star_stands_for_any_text_and_letters_have_no_case(wanted: str | list[str], url: str, matches: bool) -> None:  # noqa: FBT001
    (rule,) = interest_rule("page_viewed", url=wanted).interest.plain["page_viewed"]
    assert rule.matches is not None
    assert rule.matches(PageViewed(url=url)) is matches


def test_a_rule_without_conditions_matches_always() -> None:
    (rule,) = interest_rule("page_viewed").interest.plain["page_viewed"]
    assert rule.matches is None


def test_all_conditions_of_a_rule_must_hold() -> None:
    (rule,) = interest_rule("content_downloaded", phase="decision", asset="case-*").interest.plain["content_downloaded"]
    assert rule.matches(ContentDownloaded(asset="case-7", phase="decision"))
    assert not rule.matches(ContentDownloaded(asset="case-7"))
    assert not rule.matches(ContentDownloaded(asset="paper", phase="decision"))


def test_a_number_is_compared_as_a_number() -> None:
    (rule,) = interest_rule("event_attended", minutes=60).interest.plain["event_attended"]
    assert rule.matches(EventAttended(event="w", kind="webinar", minutes=60))
    assert not rule.matches(EventAttended(event="w", kind="webinar", minutes=6))


def test_a_word_of_the_profile_has_no_case() -> None:
    (rule,) = fit_rule("seniority", one_of=["VP", "Straße"]).fit
    assert rule.matches("vp")
    assert rule.matches("STRASSE")
    assert not rule.matches("v")


@pytest.mark.parametrize(
    ("condition", "sizes"),
    [
        ({"min": 50, "max": 5000}, [50, 5000]),
        ({"min": 50}, [50, 5000, 10**9]),
        ({"max": 50}, [1, 49, 50]),
    ],
)
def test_a_number_lies_between_its_bounds_and_0_is_unknown(condition: dict[str, int], sizes: list[int]) -> None:
    (rule,) = fit_rule("company_size", **condition).fit
    assert [size for size in (0, 1, 49, 50, 5000, 10**9) if rule.matches(size)] == sizes


@pytest.mark.parametrize(
    ("condition", "minutes"),
    [
        ({"min": 30}, [30, 60]),
        ({"max": 30}, [0, 29, 30]),
        ({"min": 29, "max": 30}, [29, 30]),
        ({"present": True}, [29, 30, 60]),
        ({"present": False}, [0]),
        ({"min": 30, "present": True, "not": []}, [30, 60]),
    ],
)
def test_a_condition_asks_for_a_range_or_for_presence(condition: dict[str, Any], minutes: list[int]) -> None:
    (rule,) = interest_rule("event_attended", minutes=condition).interest.plain["event_attended"]
    found = [n for n in (0, 29, 30, 60) if rule.matches(EventAttended(event="w", kind="webinar", minutes=n))]
    assert found == minutes


def test_a_condition_leaves_words_out() -> None:
    (rule,) = interest_rule("page_viewed", url={"not": ["*/jobs*", "/imprint"]}).interest.plain["page_viewed"]
    assert [url for url in ("/Jobs/1", "/imprint", "/imprints", "/blog") if rule.matches(PageViewed(url=url))] == [
        "/imprints",
        "/blog",
    ]


def test_a_profile_is_matched_by_patterns_and_words_together() -> None:
    (rule,) = fit_rule("role", one_of=["*director*", "CEO"]).fit
    assert [role for role in ("Sales Director", "ceo", "ceo office", "clerk") if rule.matches(role)] == [
        "Sales Director",
        "ceo",
    ]


@pytest.mark.parametrize(("present", "matches"), [(True, [False, True]), (False, [True, False])])
def test_a_profile_is_matched_by_what_was_told_at_all(present: bool, matches: list[bool]) -> None:  # noqa: FBT001
    (rule,) = fit_rule("account", present=present).fit
    assert [rule.matches(value) for value in (None, "acme")] == matches


@pytest.mark.parametrize("condition", [{"one_of": ["x"]}, {"one_of": ["x*"]}, {"min": 1}])
def test_what_was_never_told_matches_no_other_rule(condition: dict[str, Any]) -> None:
    (rule,) = fit_rule("account" if "one_of" in condition else "company_size", **condition).fit
    assert not rule.matches(None)


def test_what_is_found_for_a_value_is_remembered_until_there_are_too_many() -> None:
    asked = []

    def found(data: str) -> str:
        asked.append(data)
        return data.upper()

    find = remembering(found, str.lower, 2)
    assert [find(word) for word in ("a", "A", "b", "a", "c", "b")] == ["A", "A", "B", "A", "C", "B"]
    assert asked == ["a", "b", "c", "b"]
