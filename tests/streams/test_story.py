"""What a person does is possible, and as likely as it should be."""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from schemas.codec import BY_TYPE
from streams import site
from streams.story import PAGES_MAX, USES_MAX, Story
from streams.timeline import DAY_MS

AT = 10_000 * DAY_MS + DAY_MS // 2
NAMES = {
    "page_viewed",
    "content_downloaded",
    "form_submitted",
    "email_opened",
    "email_clicked",
    "email_bounced",
    "email_unsubscribed",
    "event_registered",
    "event_attended",
    "trial_started",
    "product_used",
    "profile_given",
    "conversion_made",
    "consent_changed",
}


Lived = list[tuple[int, str, dict[str, Any]]]
"""What somebody did, in order of time: `(at, name, data)`."""


def lived(seed: int, *, known: bool, visits: int = 30, phase: str = "decision") -> Lived:
    """What somebody does in so many visits, one a day."""
    story = Story(Random(seed), known=known)  # noqa: S311  made-up traffic
    for nth in range(visits):
        story.visit(AT + nth * DAY_MS, phase)
    return sorted(((at, BY_TYPE[kind].name, data) for at, kind, data in story.happened), key=lambda one: one[0])


def names(story: Lived) -> list[str]:
    return [name for _, name, _ in story]


@pytest.fixture(scope="module")
def known() -> list[Lived]:
    return [lived(seed, known=True) for seed in range(400)]


@pytest.fixture(scope="module")
def strangers() -> list[Lived]:
    return [lived(seed, known=False) for seed in range(400)]


def test_everything_happens_to_somebody(known: list[Lived], strangers: list[Lived]) -> None:
    assert {name for story in known + strangers for name in names(story)} == NAMES


def test_most_visits_are_short_and_none_is_endless() -> None:
    pages = Counter(names(lived(seed, known=False, visits=1)).count("page_viewed") for seed in range(2_000))
    assert 1 in pages
    assert max(pages) <= PAGES_MAX
    assert pages[1] > pages[2] > pages[4] > pages[8]


def test_pages_follow_each_other(known: list[Lived]) -> None:
    (first, *_) = known
    assert all(before <= after for (before, *_), (after, *_) in pairwise(first))


def test_nobody_gets_mail_after_a_hard_bounce_or_an_unsubscription(known: list[Lived]) -> None:
    ended = 0
    for story in known:
        mailed = True
        for _, name, data in story:
            if name.startswith("email_"):
                assert mailed
            if name == "email_unsubscribed" or data.get("kind") == "hard":
                mailed, ended = False, ended + 1
            mailed = mailed or data.get("form") == "newsletter"
    assert ended > 20


def test_a_soft_bounce_ends_nothing(known: list[Lived]) -> None:
    after = [
        name
        for story in known
        for nth, (_, _, data) in enumerate(story)
        if data.get("kind") == "soft"
        for name in names(story[nth + 1 :])
    ]
    assert "email_opened" in after


def test_a_click_follows_its_opening(known: list[Lived]) -> None:
    for story in known:
        mails = [(name, data["email"]) for _, name, data in story if name in {"email_opened", "email_clicked"}]
        clicks = [nth for nth, (name, _) in enumerate(mails) if name == "email_clicked"]
        assert all(mails[nth - 1] == ("email_opened", mails[nth][1]) for nth in clicks)


def test_who_is_attending_has_registered_before(known: list[Lived]) -> None:
    for story in known:
        seats: Counter[str] = Counter()
        for _, name, data in story:
            if name == "event_registered":
                seats[data["event"]] += 1
            if name == "event_attended":
                seats[data["event"]] -= 1
                assert seats[data["event"]] >= 0


def test_a_trial_and_a_question_come_once_and_use_follows_the_trial(known: list[Lived]) -> None:
    for story in known:
        done = Counter(names(story))
        assert done["trial_started"] <= 1
        assert done["conversion_made"] <= 1
        assert done["product_used"] < USES_MAX
        if done["product_used"]:
            assert names(story).index("trial_started") < names(story).index("product_used")


def test_a_stranger_reads_only_until_a_profile_is_given_once(strangers: list[Lived]) -> None:
    met, got = 0, Counter[str]()
    for story in strangers:
        done = names(story)
        assert done.count("profile_given") <= 1
        first = next((nth for nth, name in enumerate(done) if name != "page_viewed"), None)
        if first is not None:
            assert done[first : first + 2] == ["form_submitted", "profile_given"]
            met += 1
            got[next(iter(done[first + 2 :]), "")] += 1
    assert 0 < met < len(strangers)
    assert got["content_downloaded"] > got["page_viewed"]  # who told, got what was asked for


def test_a_profile_names_nobody_and_tells_no_empty_field(strangers: list[Lived]) -> None:
    profiles = [data for story in strangers for _, name, data in story if name == "profile_given"]
    assert not {"name", "company", "account", "role"} & {field for data in profiles for field in data}
    assert all(all(data.values()) for data in profiles)
    assert any("company_size" not in data for data in profiles)


def test_a_phase_further_brings_more_interest() -> None:
    def urgent(phase: str) -> int:
        stories = [lived(seed, known=True, visits=4, phase=phase) for seed in range(300)]
        return sum(
            name == "conversion_made" or "/pricing" in data.get("url", "") for s in stories for _, name, data in s
        )

    assert urgent("awareness") * 2 < urgent("consideration") < urgent("decision")


def test_a_deed_is_drawn_by_its_share() -> None:
    assert site.deed("awareness", 0.0) == "downloaded"
    assert site.deed("awareness", 0.0501) == "subscribed"
    assert site.deed("decision", 0.239) == "asked"
    assert site.deed("decision", 0.241) == ""
