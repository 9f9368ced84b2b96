"""The agreement compiled: what a rule's conditions mean."""

from typing import Any

import pytest

from schemas.activity import ContentDownloaded, EventAttended, PageViewed
from schemas.mistakes import Mistaken
from streams.terms import Terms
from tests.streams.given import HOUR, MINUTE, agreed


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
    (rule,) = interest_rule("page_viewed", url=wanted).interest["page_viewed"]
    assert rule.matches is not None
    assert rule.matches(PageViewed(url=url)) is matches


def test_a_rule_without_conditions_matches_always() -> None:
    (rule,) = interest_rule("page_viewed").interest["page_viewed"]
    assert rule.matches is None


def test_all_conditions_of_a_rule_must_hold() -> None:
    (rule,) = interest_rule("content_downloaded", phase="decision", asset="case-*").interest["content_downloaded"]
    assert rule.matches(ContentDownloaded(asset="case-7", phase="decision"))
    assert not rule.matches(ContentDownloaded(asset="case-7"))
    assert not rule.matches(ContentDownloaded(asset="paper", phase="decision"))


def test_a_number_is_compared_as_a_number() -> None:
    (rule,) = interest_rule("event_attended", minutes=60).interest["event_attended"]
    assert rule.matches(EventAttended(event="w", kind="webinar", minutes=60))
    assert not rule.matches(EventAttended(event="w", kind="webinar", minutes=6))


def test_rules_are_found_by_their_activity() -> None:
    terms = agreed()
    assert [term.name for term in terms.interest["page_viewed"]] == ["page read", "pricing page"]
    assert "email_bounced" not in terms.interest
    assert terms.group_of["pricing page"] == "urgency"


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


def test_durations_are_milliseconds() -> None:
    terms = agreed(pursuit__response_hours=1.5, pursuit__grace_minutes=5)
    assert (terms.response_ms, terms.grace_ms) == (90 * MINUTE, 5 * MINUTE)
    assert terms.effective_at == 946_684_800_000
    assert agreed(pursuit__response_hours=8).response_ms == 8 * HOUR


def test_working_hours_end_at_midnight_when_the_agreement_says_24() -> None:
    hours = agreed(hours__to="24:00", hours__from="00:30", hours__days=["sat", "sun"]).hours
    assert (hours.start, hours.end, hours.weekdays) == (30, 1440, frozenset({5, 6}))


def test_a_country_without_known_holidays_is_a_mistake() -> None:
    with pytest.raises(Mistaken) as caught:
        agreed(hours__holidays="XX")
    (mistake,) = caught.value.mistakes
    assert (mistake.key, mistake.wrong) == ("hours.holidays", "no public holidays are known for 'XX'")
    assert agreed(hours__holidays="DE").hours.holidays.country == "DE"


def test_compiled_reads_every_part_of_the_default() -> None:
    terms = agreed()
    assert isinstance(terms, Terms)
    assert (terms.number, terms.handoff_score, terms.fit_min, terms.attempts_max, terms.again_points) == (
        1,
        60,
        10,
        6,
        20,
    )
    assert terms.reasons["no_answer"] == "reconnect"
    assert terms.stage_tracks == {"contact": "awareness", "lead": "consideration"}
    assert terms.tracks == {"awareness", "consideration", "decision", "reconnect"}
