"""What Prometheus reads: exactly the lanes' committed counts, under the names of the inventory and no others."""

import asyncio
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence

import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from agents.agreement import load_terms
from agents.inventory import INVENTORY, METRICS
from agents.metrics import Counts, Metrics
from schemas.topics import ACTIVITY
from streams.funnel import Key
from streams.terms import OTHER
from tests.agents.relayed import counts, relays, status, total

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]
WORDS: Mapping[str, Sequence[str]] = {
    "source": [*load_terms().sources, OTHER],
    "reason": [*load_terms().reasons],
}


def metrics(shown: Counts = counts, known: Mapping[str, Sequence[str]] = WORDS) -> Metrics:
    return Metrics(shown, status, known)


async def text(of: Metrics) -> str:
    return (await of.exposition()).decode()


def samples(exposition: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: object) -> float:
    return found[name, frozenset((label, str(word)) for label, word in labels.items())]


async def test_every_count_of_every_lane_is_shown_exactly() -> None:
    found = samples(await text(metrics()))
    for metric in INVENTORY:
        if metric.counts and metric.kind != "histogram":
            suffix = "_total" if metric.kind == "counter" else ""
            shown = Counter[Key]()
            for (name, labels), number in found.items():
                if name == metric.name + suffix:
                    shown[tuple(dict(labels)[label] for label in metric.labels)] += int(number)
            assert +shown == +total(metric.counts), metric.name
            assert shown.total() > 0, metric.name


async def test_a_lane_shows_its_own_counts() -> None:
    found = samples(await text(metrics()))
    for lane, shown in counts().items():
        entered = value(found, "leadrelay_stage_entered_total", lane=lane, stage="visitor", source="campaign")
        assert entered == shown["stage_entered", "visitor", "campaign"] > 0


@pytest.mark.parametrize("name", ["attempts_to_answer", "attempts_to_yes"])
async def test_a_histogram_of_attempts_adds_up(name: str) -> None:
    found = samples(await text(metrics()))
    for lane, shown in counts().items():
        attempts = {int(key[1]): number for key, number in shown.items() if key[0] == name}
        assert value(found, f"leadrelay_{name}_count", lane=lane) == sum(attempts.values()) > 0
        assert value(found, f"leadrelay_{name}_sum", lane=lane) == sum(tries * n for tries, n in attempts.items())
        for bound in METRICS[f"leadrelay_{name}"].buckets:
            within = sum(number for tries, number in attempts.items() if tries <= bound)
            assert value(found, f"leadrelay_{name}_bucket", lane=lane, le=float(bound)) == within
        assert value(found, f"leadrelay_{name}_bucket", lane=lane, le="+Inf") == sum(attempts.values())


async def test_attempts_beyond_the_last_bucket_are_counted() -> None:
    found = samples(await text(metrics(lambda: {0: {("attempts_to_answer", "63"): 2}})))
    assert value(found, "leadrelay_attempts_to_answer_bucket", lane=0, le="20.0") == 0
    assert value(found, "leadrelay_attempts_to_answer_bucket", lane=0, le="+Inf") == 2
    assert value(found, "leadrelay_attempts_to_answer_sum", lane=0) == 126


async def test_what_can_be_foreseen_is_shown_as_zero_so_that_the_first_event_is_an_increase() -> None:
    found = samples(await text(metrics(lambda: {4: {}})))
    for name, labels in (
        ("stage_entered", {"stage": "customer", "source": OTHER}),
        ("conversions", {"from_stage": "mql", "to_stage": "accepted"}),
        ("handoffs", {"trigger": "conversion"}),
        ("returns", {"reason": "no_answer"}),
        ("attempts", {"channel": "video", "outcome": "voicemail"}),
        ("deadlines", {"outcome": "missed"}),
        ("messages", {"topic": ACTIVITY.name, "end": "refused"}),
    ):
        assert value(found, f"leadrelay_{name}_total", lane=4, **labels) == 0
    assert value(found, "leadrelay_rereads_total", topic=ACTIVITY.name) == 0


async def test_nothing_counted_is_missing_from_the_inventory() -> None:
    families = {key[0] for shown in counts().values() for key in shown}
    assert families - {"month"} == {metric.counts for metric in INVENTORY if metric.counts}


async def test_no_lead_no_month_and_no_foreign_source_is_in_a_label() -> None:
    exposition = await text(metrics())
    leads = {key.decode() for relay in relays() for key in relay.rows}
    words = {word for _, labels in samples(exposition) for _, word in labels}
    assert len(leads) > 300
    assert leads & words == set()
    assert {word for word in words if word.startswith("20")} == {"20.0"}
    sources = {dict(labels)["source"] for name, labels in samples(exposition) if name.startswith("leadrelay_stage_")}
    assert sources == {*load_terms().sources, OTHER}


async def test_the_exposition_has_the_names_of_the_inventory_and_the_process_only() -> None:
    families = {family.name: family for family in text_string_to_metric_families(await text(metrics()))}
    ours = {name: family for name, family in families.items() if not name.startswith("process_")}
    assert {name: (family.type, family.documentation) for name, family in ours.items()} == {
        metric.name: (metric.kind, metric.help) for metric in INVENTORY
    }


async def test_a_lane_that_went_elsewhere_is_not_shown_any_more() -> None:
    lanes: dict[int, dict[Key, int]] = {0: {("handoffs", "score"): 5}, 1: {("handoffs", "score"): 7}}
    shown = metrics(lambda: lanes)
    assert 'leadrelay_handoffs_total{lane="1",trigger="score"} 7.0' in await text(shown)
    del lanes[1]
    assert 'lane="1"' not in await text(shown)


async def test_asking_twice_counts_once() -> None:
    shown = metrics()
    assert {line for line in (await text(shown)).splitlines() if "lane=" in line} == {
        line for line in (await text(shown)).splitlines() if "lane=" in line
    }


async def test_the_engine_is_shown_as_it_is_when_asked() -> None:
    lag = {(ACTIVITY.name, 2): 17}
    shown = Metrics(dict, lambda: status(open=(0,), lag=lag, broker_away_s=12.5), {})
    found = samples(await text(shown))
    assert value(found, "leadrelay_lag_messages", topic=ACTIVITY.name, lane=2) == 17
    assert value(found, "leadrelay_lanes_owned") == 3
    assert value(found, "leadrelay_lanes_open") == 1
    assert value(found, "leadrelay_broker_away_seconds") == 12.5


async def test_two_apps_in_one_process_count_apart_and_nothing_is_registered_for_all() -> None:
    one, other = metrics(), metrics()
    one.commits.inc()
    assert "leadrelay_commits_total 1.0" in await text(one)
    assert "leadrelay_commits_total 0.0" in await text(other)
    assert "leadrelay" not in prometheus_client.generate_latest().decode()


def test_promtool_finds_nothing_to_object_to() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: apt install prometheus)")
    exposition = asyncio.run(metrics().exposition())
    done = subprocess.run(
        [promtool, "check", "metrics"], input=exposition, capture_output=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)
