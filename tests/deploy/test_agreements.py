"""The example agreements are valid, name what they follow, and hand over on their main path, each point explained."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from schemas import fact as f
from schemas.agreement import Agreement
from schemas.mistakes import parse
from streams.rating import interest_at
from streams.terms import compiled
from tests.deploy.live import HOUSE
from tests.streams.given import (
    DAY,
    HOUR,
    MONDAY,
    Story,
    attended,
    content,
    demo,
    event,
    form,
    kinds,
    page,
    profile,
    returned,
    trial,
)

FOLDER = HOUSE / "deploy" / "agreements"
FILES = sorted(FOLDER.glob("*.toml"))
clicked = partial(event, "email_clicked", email="newsletter-1")
opened = partial(event, "email_opened", email="newsletter-1")
used = partial(event, "product_used", product="planner")
prices = partial(page, url="https://example.com/pricing")


def agreement(name: str) -> Agreement:
    return parse((FOLDER / f"{name}.toml").read_text("utf-8"))


def told(name: str, *events: Any) -> Story:
    return Story(compiled(agreement(name))).and_then(*events)


def packet(story: Story) -> dict[str, Any]:
    """The packet of the last message, whose entries add up."""
    (found,) = [data for kind, data in story.said if kind == "handoff.requested"]
    assert sum(entry["points"] for entry in found["entries"]) == found["score"] == found["fit"] + found["interest"]
    return found


def entries(found: dict[str, Any]) -> dict[str, int]:
    points: dict[str, int] = {}
    for entry in found["entries"]:
        points[entry["rule"]] = points.get(entry["rule"], 0) + entry["points"]
    return points


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_is_valid_and_says_which_practice_it_follows(path: Path) -> None:
    text = path.read_text("utf-8")
    assert compiled(parse(text)).number == 1
    header, _, _ = text.partition("\n\n[agreement]")
    assert all(line.startswith("#") for line in header.splitlines())
    assert re.search(r'^# Practice[:,].*?"[A-Z]', header, re.MULTILINE | re.DOTALL)


def test_the_readme_names_each() -> None:
    rows = re.findall(r"^\| `(\w+\.toml)` \|", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == [path.name for path in FILES]


def test_they_are_as_large_as_they_say() -> None:
    sizes = {path.stem: len((a := agreement(path.stem)).fit.rules) + len(a.interest.rules) for path in FILES}
    assert sizes == {"small": 11, "software": 49, "products": 26}
    assert "eleven rules" in (FOLDER / "small.toml").read_text("utf-8")
    assert "49 rules" in (FOLDER / "software.toml").read_text("utf-8")


def test_a_small_company_hands_over_after_a_form_and_a_webinar() -> None:
    story = told("small", profile(MONDAY, seniority="owner", company_size=40, country="DE"), page(), form(), form())
    assert (story.lead.stage, story.lead.score) == ("lead", 91)
    found = packet(story.and_then(attended()))
    assert (found["trigger"], found["score"]) == ("score", 106)
    assert entries(found) == {
        "decides": 20,
        "size we can serve": 15,
        "country we sell in": 5,
        "page read": 1,
        "form sent": 50,
        "webinar attended": 15,
    }


def test_a_small_company_scores_none_of_its_own_people() -> None:
    story = told("small", profile(MONDAY, seniority="owner", company_size=40, email_domain="example.com"), form())
    assert (story.lead.score, story.lead.stage) == (0, "contact")


def company(at: int, **more: Any) -> Any:
    return profile(at, seniority="director", department="marketing", company_size=300, **more)


def software() -> Story:
    """A lead of the best fit that is handed over when it looks at prices, eleven days after it took a paper."""
    events = (company(MONDAY, industry="software", country="DE"), page(), content(phase="decision"))
    return told("software", *events, prices(MONDAY + 11 * DAY))


def test_a_software_company_hands_over_by_grade_and_explains_what_has_faded() -> None:
    story = software()
    found = packet(story)
    assert (found["trigger"], found["grade"], found["grade_name"]) == ("grade", "A3", "good company, just warming up")
    assert (found["fit"], found["interest"], found["rating"], found["rating_name"]) == (60, 23, 76, "warm")
    assert entries(found)["paper for a decision"] == 11  # of 12, and one point is lost in ten days
    assert found["respond_by"] == "2026-11-13T13:00:00.000Z"  # four working hours after ten in Berlin


def test_a_software_company_tells_sales_when_a_lead_cools_off() -> None:
    story = software()
    look_at = story.lead.look_at
    assert look_at is not None
    for kind in ("deadline_missed", "cooled"):
        facts = story.remind(look_at + HOUR)
        assert [fact.kind for fact in facts if isinstance(fact, f.Noticed)] == [kind]
    assert story.lead.interest < 15


def test_a_software_company_lets_a_returned_lead_rest_and_looks_again() -> None:
    story = software().and_then(returned(reason="not_ready"))
    assert story.lead.track == "consideration"
    story.and_then(attended(kind="event", event="fair"), clicked())
    assert story.lead.stage == "lead"
    later = MONDAY + 26 * DAY
    assert "handed_over" in kinds(story.when(prices(later)))
    found = packet(story)
    assert found["recycled"] == 1
    assert entries(found)["is back"] == 10


def test_a_software_company_takes_points_off_for_silence() -> None:
    story = told("software", company(MONDAY), opened(), opened(), page())
    assert story.lead.interest == 2  # the same e-mail opened twice counts once
    terms, quiet = story.relay.terms, MONDAY + 43 * DAY
    assert interest_at(story.lead, terms, quiet) == 2 - 15
    story.and_then(event("email_bounced", at=quiet, email="newsletter-1", kind="soft"))
    assert interest_at(story.lead, terms, quiet) == 2  # a sign of life takes them back


@pytest.mark.parametrize("who", [{"email_domain": "mail.rival.example"}, {"role": "PhD student"}])
def test_a_software_company_hands_over_no_competitor_and_no_student(who: dict[str, str]) -> None:
    facts = told("software", company(MONDAY, **who)).when(demo())
    assert [fact.kind for fact in facts if isinstance(fact, f.Noticed)] == ["excluded"]


def test_two_products_fill_two_groups_and_one_score() -> None:
    base = "https://example.com"
    events = (
        profile(MONDAY, seniority="manager", department="finance", company_size=60),
        page(url=f"{base}/planner/tour"),
        content(asset="planner-guide"),
        content(asset="planner-guide"),
        trial(product="planner"),
    )
    story = told("products", *events)
    assert (story.lead.fit, story.lead.interest, story.lead.stage) == (32, 40, "lead")
    found = packet(story.and_then(page(url=f"{base}/ledger/tour"), trial(product="ledger")))
    assert entries(found) == {
        "team lead": 12,
        "ledger's department": 10,
        "size for one product": 10,
        "planner: page read": 2,
        "planner: file taken": 8,
        "planner: trial": 30,
        "ledger: page read": 2,
        "ledger: trial": 25,
        "both: a trial of each product": 15,
    }


def test_a_product_that_is_used_on_three_days_hands_over() -> None:
    story = told("products", company(MONDAY), trial(product="planner"), used(), used())
    assert (story.lead.fit, story.lead.interest) == (40, 30)
    story.and_then(used(MONDAY + DAY))
    assert story.lead.stage == "lead"
    found = packet(story.and_then(used(MONDAY + 2 * DAY)))
    assert entries(found)["planner: used on three days"] == 15
