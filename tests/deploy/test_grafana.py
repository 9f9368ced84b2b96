"""The dashboard is whole, shows nothing that does not exist, and each of its queries has an answer."""

import json
import re
from itertools import combinations
from typing import Any

import pytest

from agents.inventory import INVENTORY
from tests.deploy.live import HOUSE, RULES, Prometheus

GRAFANA = HOUSE / "deploy" / "grafana"
BOARD: dict[str, Any] = json.loads((GRAFANA / "dashboards" / "leadrelay.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = BOARD["panels"]
DRAWN = [panel for panel in PANELS if panel["type"] != "row"]
QUERIES = [(panel["title"], target["expr"]) for panel in DRAWN for target in panel["targets"]]
COLUMNS = 24
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}
VALUES = {"$job": "leadrelay", "$__rate_interval": "1m", "$__range": "1h"}


def test_what_people_ask_for_is_on_the_dashboard() -> None:
    assert [panel["title"] for panel in PANELS if panel["type"] == "row"] == [
        "Funnel",
        "Handoffs and returns",
        "Attempts",
        "Machinery",
    ]
    asked = {
        "leadrelay:reached:sum",
        "leadrelay:conversion_ratio",
        "lane:leadrelay_handoffs:max",
        "leadrelay:returns:sum",
        "leadrelay:attempts:rate5m",
        "leadrelay:attempts_to_answer_bucket:sum",
        "leadrelay:deadlines_met_ratio",
        "leadrelay:lag_messages:sum",
        "leadrelay:transaction_seconds:p99",
    }
    assert asked <= {name for _, query in QUERIES for name in named(query)}


def named(query: str) -> set[str]:
    """The metrics and recorded series in a query."""
    return set(re.findall(r"(?:lane:)?leadrelay[\w:]+|process_\w+", re.sub(r"\{[^}]*\}", "{}", query)))


def test_every_series_that_is_asked_for_is_in_the_inventory_or_a_rule() -> None:
    metrics = {metric.name + suffix for metric in INVENTORY for suffix in SUFFIXES[metric.kind]}
    rules = set(re.findall(r"- record: (\S+)", (RULES / "rules.yml").read_text("utf-8")))
    process = {"process_resident_memory_bytes"}
    unknown = {(title, name) for title, query in QUERIES for name in named(query) - metrics - rules - process}
    assert unknown == set()
    assert all(named(query) for _, query in QUERIES)


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_every_query_has_an_answer(watcher: Prometheus, title: str, query: str) -> None:
    for variable, value in VALUES.items():
        query = query.replace(variable, value)
    assert "$" not in query
    assert watcher.ask(query), title


def test_the_relays_can_be_told_apart(watcher: Prometheus) -> None:
    (variable,) = BOARD["templating"]["list"]
    assert (variable["name"], variable["definition"]) == ("job", "label_values(leadrelay_build_info, job)")
    assert {dict(labels)["job"] for labels in watcher.ask("leadrelay_build_info")} == {variable["current"]["value"]}
    assert all('job="$job"' in query for _, query in QUERIES)


def test_panels_do_not_overlap_and_stay_on_the_page() -> None:
    places = [panel["gridPos"] for panel in PANELS]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= COLUMNS for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    for panel in DRAWN:
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_panels_ask_the_source_that_is_provisioned() -> None:
    provisioned = (GRAFANA / "provisioning" / "datasources" / "prometheus.yml").read_text("utf-8")
    (uid,) = re.findall(r"^ +uid: (\S+)", provisioned, re.MULTILINE)
    sources = [panel["datasource"] for panel in DRAWN] + [t["datasource"] for panel in DRAWN for t in panel["targets"]]
    assert {(source["type"], source["uid"]) for source in sources} == {("prometheus", uid)}
