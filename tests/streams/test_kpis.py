"""The KPIs add up, whatever path the leads took."""

from typing import Any

import orjson

from streams.kpis import kpis, percent, tables
from tests.streams.given import (
    HOT,
    Story,
    attempt,
    demo,
    form,
    given,
    page,
    qualified,
    rejected,
    returned,
    won,
)


def told(story: Story) -> dict[str, Any]:
    return kpis(story.relay.counts.totals)


def rows(numbers: dict[str, Any], title: str) -> list[tuple[str | int, ...]]:
    return [tuple(row) for table in tables(numbers) if table.title == title for row in table.rows]


def everybody() -> Story:
    """Ada buys at the third attempt, Ben goes back, Cem asks, Dana reads, Eve is refused."""
    ada = [*HOT, attempt(), attempt(), attempt(outcome="answered"), qualified(), won()]
    ben = [demo(lead="ben", source="search"), attempt(lead="ben", channel="video"), returned(lead="ben")]
    others = [demo(lead="cem"), page(lead="dana", source="search"), form(lead="eve"), rejected(lead="eve")]
    return given(*ada, *ben, *others)


def test_each_rung_has_its_leads_and_its_share() -> None:
    stages = told(everybody())["stages"]
    assert [(name, row["now"], row["entered"], row["reached"]) for name, row in stages.items()] == [
        ("visitor", 1, 5, 5),
        ("contact", 0, 4, 4),
        ("lead", 1, 2, 3),
        ("mql", 1, 3, 3),
        ("accepted", 0, 0, 1),
        ("sql", 0, 1, 1),
        ("customer", 1, 1, 1),
        ("disqualified", 1, 1, None),
    ]
    assert stages["visitor"]["of_previous"] is None
    assert stages["contact"]["of_previous"] == 0.8
    assert stages["mql"]["of_visitors"] == 0.6
    assert stages["disqualified"]["of_visitors"] is None


def test_rates_go_from_visitor_to_customer() -> None:
    assert told(everybody())["rates"] == {
        "visitor_to_lead": 0.6,
        "lead_to_mql": 1.0,
        "mql_to_sql": 1 / 3,
        "sql_to_customer": 1.0,
    }


def test_what_sales_did_is_counted() -> None:
    numbers = told(everybody())
    assert numbers["handoffs"] == {"conversion": 2, "score": 1}
    assert numbers["returns"] == {"not_ready": 1}
    assert numbers["deadlines"] == {"met": 2}
    assert numbers["attempts"] == {"phone": {"answered": 1, "no_answer": 2}, "video": {"no_answer": 1}}
    assert numbers["attempts_to_answer"] == {"3": 1}
    assert numbers["attempts_to_yes"] == {"3": 1}
    assert numbers["messages"]["leads.activity.v1"] == {"applied": 7}


def test_entries_are_told_by_month_and_by_source() -> None:
    numbers = told(given(page(source="search"), form(lead="ben")))
    assert numbers["months"] == {"2026-11": {"contact": 1, "visitor": 2}}
    assert numbers["sources"] == {"other": {"contact": 1, "visitor": 1}, "search": {"visitor": 1}}


def test_numbers_of_attempts_are_in_the_order_of_numbers() -> None:
    counts = {tuple(key.split()): 1 for key in ("attempts_to_yes 10", "attempts_to_yes 9", "attempts_to_yes 1")}
    assert list(kpis(counts)["attempts_to_yes"]) == ["1", "9", "10"]
    assert rows(kpis(counts), "attempts to a yes") == [(1, 1, "33.3 %"), (9, 1, "66.7 %"), (10, 1, "100.0 %")]


def test_nothing_has_no_shares() -> None:
    numbers = kpis({})
    assert set(numbers["rates"].values()) == {None}
    assert [table.title for table in tables(numbers)] == ["funnel", "conversion"]
    assert percent(None) == "-"


def test_tables_say_the_same_as_the_numbers() -> None:
    numbers = told(everybody())
    assert rows(numbers, "funnel")[1] == ("contact", 0, 4, 4, "80.0 %", "80.0 %")
    assert rows(numbers, "funnel")[-1] == ("disqualified", 1, 1, "-", "-", "-")
    assert rows(numbers, "conversion")[2] == ("mql", "sql", "33.3 %")
    assert rows(numbers, "handoffs") == [("conversion", 2, "66.7 %"), ("score", 1, "33.3 %")]
    assert rows(numbers, "attempts") == [("phone", 1, 2), ("video", 0, 1)]
    assert rows(numbers, "stage entries by month")[0][:3] == ("2026-11", 5, 4)


def test_they_are_an_object_that_json_can_write() -> None:
    numbers = told(everybody())
    assert orjson.loads(orjson.dumps(numbers)) == numbers
