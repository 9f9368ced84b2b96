"""The rules say what the counters mean: promtool tries them on made-up series, a real Prometheus on real counts."""

import re
import subprocess
from collections import Counter
from itertools import pairwise

import pytest

from agents.inventory import INVENTORY
from streams.stage import LADDER
from tests.agents.relayed import total
from tests.deploy.live import HOUSE, RULES, Prometheus

CASES = HOUSE / "tests" / "prometheus"


def run(promtool: str, *arguments: object) -> None:
    done = subprocess.run(
        [promtool, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120, cwd=HOUSE
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_configuration_and_the_rules(promtool: str) -> None:
    run(promtool, "check", "config", RULES / "prometheus.yml")
    run(promtool, "check", "rules", "--lint=all", "--lint-fatal", RULES / "rules.yml", RULES / "alerts.yml")


@pytest.mark.parametrize("cases", ["rules_test.yml", "alerts_test.yml"])
def test_the_rules_compute_what_the_cases_expect(promtool: str, cases: str) -> None:
    run(promtool, "test", "rules", CASES / cases)


def test_every_rule_and_every_alert_has_a_case() -> None:
    tested = "".join((CASES / name).read_text("utf-8") for name in ("rules_test.yml", "alerts_test.yml"))
    rules = "".join((RULES / name).read_text("utf-8") for name in ("rules.yml", "alerts.yml"))
    alerts = re.findall(r"- alert: (\w+)", rules)
    ratios = set(re.findall(r"- record: (leadrelay:\w+(?:_ratio|:mean|:count))\n", rules))
    assert len(alerts) >= 8
    assert [name for name in [*alerts, *ratios] if name not in tested] == []


def reached() -> Counter[str]:
    """Leads by the rungs they have reached, from the lanes' own counts."""
    found = Counter({"visitor": sum(n for (stage, _), n in total("stage_entered").items() if stage == "visitor")})
    found.update({to_stage: number for (_, to_stage), number in total("conversions").items()})
    return found


def test_the_conversion_ratios_are_those_of_the_counts(watcher: Prometheus) -> None:
    rungs = reached()
    pairs = {*pairwise(LADDER), ("visitor", "lead"), ("mql", "sql"), ("visitor", "customer")}
    assert watcher.ask("leadrelay:conversion_ratio") == {
        frozenset({("job", "leadrelay"), ("from_stage", low), ("to_stage", high)}): rungs[high] / rungs[low]
        for low, high in pairs
    }


@pytest.mark.parametrize(
    ("record", "family", "labels"),
    [
        ("leadrelay:stage_entered:sum", "stage_entered", ("stage", "source")),
        ("leadrelay:conversions:sum", "conversions", ("from_stage", "to_stage")),
        ("leadrelay:leads:sum", "leads", ("stage",)),
        ("leadrelay:handoffs:sum", "handoffs", ("trigger",)),
        ("leadrelay:returns:sum", "returns", ("reason",)),
        ("leadrelay:attempts:sum", "attempts", ("channel", "outcome")),
        ("leadrelay:deadlines:sum", "deadlines", ("outcome",)),
        ("leadrelay:messages:sum", "messages", ("topic", "end")),
    ],
)
def test_the_sums_are_those_of_the_counts(
    watcher: Prometheus, record: str, family: str, labels: tuple[str, ...]
) -> None:
    summed = {key - {("job", "leadrelay")}: number for key, number in watcher.ask(f"{record} > 0").items()}
    expected = {frozenset(zip(labels, key, strict=True)): number for key, number in total(family).items() if number}
    assert summed == expected
    assert expected


def test_the_shares_and_means_are_those_of_the_counts(watcher: Prometheus) -> None:
    job = ("job", "leadrelay")
    deadlines, attempts = total("deadlines"), total("attempts")
    met = deadlines["met",] / (deadlines["met",] + deadlines["missed",])
    assert watcher.ask("leadrelay:deadlines_met_ratio") == {frozenset({job}): met}
    calls = sum(number for (channel, _), number in attempts.items() if channel == "phone")
    answered = attempts["phone", "answered"] / calls
    assert watcher.ask("leadrelay:answer_ratio") == {frozenset({job, ("channel", "phone")}): answered}
    for name in ("attempts_to_answer", "attempts_to_yes"):
        tries = total(name)
        mean = sum(int(count) * number for (count,), number in tries.items()) / tries.total()
        assert watcher.ask(f"leadrelay:{name}:mean") == {frozenset({job}): mean}


def test_every_rule_works_and_every_alert_says_what_to_do(watcher: Prometheus) -> None:
    rules = [rule for group in watcher.get("rules")["groups"] for rule in group["rules"]]
    assert {rule["name"]: rule["lastError"] for rule in rules if rule["health"] != "ok"} == {}
    alerts = [rule for rule in rules if rule["type"] == "alerting"]
    assert len(alerts) >= 8
    for alert in alerts:
        assert alert["labels"]["severity"] in {"page", "ticket"}
        summary, description = alert["annotations"]["summary"], alert["annotations"]["description"]
        assert summary.endswith((".", ")."))
        assert summary.count(".") >= 2, f"{alert['name']}: what happened, then what to do"
        assert description


def test_the_rules_ask_for_metrics_of_the_inventory_only(watcher: Prometheus) -> None:
    known = {metric.name for metric in INVENTORY}
    queries = [rule["query"] for group in watcher.get("rules")["groups"] for rule in group["rules"]]
    asked = {name for query in queries for name in re.findall(r"(?<![\w:])leadrelay_\w+(?![\w:])", query)}
    bare = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked}
    assert bare - known == set()
    assert {metric.name for metric in INVENTORY if metric.counts} - bare == set()
