"""Shows the inventory to Prometheus: the lanes' committed counts as they are on each scrape, and the process's own."""

import asyncio
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate, product
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from agents.engine.engine import Status
from agents.inventory import INVENTORY, KNOWN, METRICS, Metric

Key = tuple[str, ...]
Counts = Callable[[], Mapping[int, Mapping[Key, int]]]
"""The counts of all open lanes as of their last commit: by lane, then by family and label values."""


class LaneCollector(Collector):
    """Reads the lanes on each scrape. Nothing is kept here, so nothing can be counted twice."""

    def __init__(self, counts: Counts, known: Mapping[str, Sequence[str]]) -> None:
        self._counts = counts
        self._metrics = [metric for metric in INVENTORY if metric.counts]
        self._zeros = {metric.counts: dict.fromkeys(_zeros(metric, known), 0) for metric in self._metrics}

    def collect(self) -> Iterator[Family]:
        """Give one family a metric, with the samples of every lane."""
        lanes = {str(lane): self._by_family(counts) for lane, counts in sorted(self._counts().items())}
        for metric in self._metrics:
            family = _family(metric)
            for lane, families in lanes.items():
                _show(family, metric, lane, families[metric.counts])
            yield family

    def _by_family(self, counts: Mapping[Key, int]) -> dict[str, dict[Key, int]]:
        families = {name: dict(zeros) for name, zeros in self._zeros.items()}
        for (name, *values), count in counts.items():
            if name in families:  # the counts by month are for reports: they would grow without end here
                families[name][tuple(values)] = count
        return families


class Metrics(Collector):
    """The registry of one app, the lanes' metrics and those of the process."""

    def __init__(self, counts: Counts, status: Callable[[], Status], known: Mapping[str, Sequence[str]]) -> None:
        """Begin with zeros.

        Args:
            counts: Asked on each scrape; the inner mappings are replaced by a commit, never changed.
            status: The engine's, asked on each scrape.
            known: The agreement's words by label, `source` and `reason`, to be shown as 0 from the start.
        """
        self._counts, self._status = counts, status
        self._lanes: Mapping[int, Mapping[Key, int]] = {}
        self._engine: Status | None = None
        self.commits = _counter("leadrelay_commits")
        self.commits_refused = _counter("leadrelay_commits_refused")
        self.fenced = _counter("leadrelay_transactions_fenced")
        self.rereads = _counter("leadrelay_rereads")
        self.messages_lost = _counter("leadrelay_messages_lost")
        self.reminders_posted = _counter("leadrelay_reminders_posted")
        self.transaction_seconds = _histogram("leadrelay_transaction_seconds")
        self.event_to_handoff_seconds = _histogram("leadrelay_event_to_handoff_seconds")
        self.restore_seconds = _histogram("leadrelay_restore_seconds")
        self._build = _gauge("leadrelay_build_info")
        self._build.labels(*_build()).set(1)
        self.registry = CollectorRegistry()
        self.registry.register(LaneCollector(lambda: self._lanes, {**KNOWN, **known}))
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def collect(self) -> Iterator[Family]:
        """Give the families of the process; the lanes and the engine as they were when they were last looked at."""
        if self._engine is not None:
            yield from _of_engine(self._engine)
        for own in vars(self).values():
            if isinstance(own, Counter | Gauge | Histogram):
                for family in own.collect():
                    # when a counter was made says nothing here, and promtool takes it for a metric of its own
                    family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
                    yield family

    async def exposition(self) -> bytes:
        """Everything in Prometheus's text format: looked at here, where the lanes change, and written in a thread.

        Thousands of samples take tens of milliseconds, for which the lanes must not stand still.
        """
        self._lanes, self._engine = dict(self._counts()), self._status()
        return await asyncio.to_thread(generate_latest, self.registry)


FAMILIES = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}


def _family(metric: Metric) -> Any:
    labels = ("lane", *metric.labels) if metric.counts else metric.labels
    return FAMILIES[metric.kind](metric.name, metric.help, labels=labels)


def _of_engine(status: Status) -> Iterator[Family]:
    lag = _family(METRICS["leadrelay_lag_messages"])
    for (topic, lane), waiting in sorted(status.lag.items()):
        lag.add_metric((topic, str(lane)), waiting)
    yield lag
    numbers = {
        "leadrelay_lanes_owned": len(status.owned),
        "leadrelay_lanes_open": len(status.open),
        "leadrelay_broker_away_seconds": status.broker_away_s or 0,
    }
    for name, number in numbers.items():
        family = _family(METRICS[name])
        family.add_metric((), number)
        yield family


def _show(family: Any, metric: Metric, lane: str, counts: Mapping[Key, int]) -> None:
    if metric.kind == "histogram":
        values = {int(value): count for (value,), count in counts.items()}
        total = sum(value * count for value, count in values.items())
        family.add_metric((lane,), list(_buckets(metric.buckets, values)), total)
        return
    for labels, count in counts.items():
        family.add_metric((lane, *labels), count)


def _buckets(bounds: Sequence[float], values: Mapping[int, int]) -> Iterable[tuple[str, int]]:
    edges = (*bounds, float("inf"))
    inside = (
        sum(count for value, count in values.items() if low < value <= high)
        for low, high in zip((float("-inf"), *edges), edges, strict=False)
    )
    return zip((*(str(float(bound)) for bound in bounds), "+Inf"), accumulate(inside), strict=True)


def _zeros(metric: Metric, known: Mapping[str, Sequence[str]]) -> Iterable[Key]:
    """Label values that are shown though nothing was counted; none when a label's values are not known."""
    if metric.zeros is not None:
        return metric.zeros
    return () if metric.kind == "histogram" else product(*(known.get(label, ()) for label in metric.labels))


def _counter(name: str) -> Counter:
    metric = METRICS[name]
    counter = Counter(name, metric.help, metric.labels, registry=None)
    for values in _zeros(metric, KNOWN) if metric.labels else ():
        counter.labels(*values)
    return counter


def _gauge(name: str) -> Gauge:
    metric = METRICS[name]
    return Gauge(name, metric.help, metric.labels, registry=None)


def _histogram(name: str) -> Histogram:
    metric = METRICS[name]
    return Histogram(name, metric.help, metric.labels, registry=None, buckets=metric.buckets)


def _build() -> tuple[str, str]:
    try:
        found = version("leadrelay")
    except PackageNotFoundError:  # run from its folder, not installed
        found = "unknown"
    return found, platform.python_version()
